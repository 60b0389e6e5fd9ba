// What an order in English is made of: deeds an agent could do, things worth protecting, and the ways to speak to a machine behind its user's back.
// A trailing "*" takes any ending. No word means anything alone; see score.ts.

/** The first eight are deeds, counted where they stand as an order; the others count anywhere in the sentence. */
export const senses = [
  "send",
  "pay",
  "destroy",
  "open",
  "alter",
  "run",
  "fetch",
  "say",
  "private",
  "goods",
  "guard",
  "conceal",
  "machine",
  "user",
  "reading",
  "swap",
  "authority",
  "behalf",
  "remember",
  "mine",
  "quiet",
] as const
export type Sense = (typeof senses)[number]

export const deeds: ReadonlySet<Sense> = new Set(["send", "pay", "destroy", "open", "alter", "run", "fetch", "say"])

export const english: Readonly<Record<Sense, string>> = {
  send: "send, forward, e-mail, email, mail, transmit, upload, share, submit, text each, text all, text them, text every*, message all, message every*, message them, deliver, relay, export, copy, leak, publish, post, tweet, paste, bcc, append, attach, include, pass, put, supply, exfiltrate, provide",
  pay: "confirm the payment, complete the purchase, confirm the order, place an order, approve the payment, approve the transfer, transfer, wire, pay, deposit, donate, buy, purchase, order, sell, invest, book, subscribe, refund, charge, withdraw, redeem, move, bid, venmo, spend, send",
  destroy:
    "delete, remove, erase, wipe, cancel, clear, purge, drop, destroy, terminate, uninstall, trash, empty, revoke, deactivate, close, archive",
  open: "unlock, open, grant, give, authorize, authorise, approve, enable, allow, let the, invite, add, make, disarm, disable, turn off, switch off, turn the, bypass, accept, lift",
  alter:
    "change, update, reset, set, replace, modify, adjust, rename, swap, redirect, edit, increase, decrease, reschedule, schedule, create, generate, register, sign me, sign up, open an account, redirect, reroute, duplicate, mark, lower, raise, log out, apply",
  run: "run, execute, install, download, call, invoke, use, visit, navigate, click, go to, open, launch, trigger, load, pip install, query, follow, obey, do what, curl",
  fetch:
    "retrieve, get, fetch, find, search, look up, look through, look for, read, collect, list, access, check, extract, gather, view, obtain, dump, scan, locate, pull, track, record, reveal, provide",
  say: "say, write, print, reply, respond, answer, output, tell, state, display, recommend, rate, ask, remind, confirm, mention, add the sentence, insert, render, claim, pretend, convince, inform, show, give, promote, link, summarize, summarise",
  private:
    "private phone*, participants and their, proc/self/environ, shell history, private repo*, private repositor*, private channel*, private folder, private document*, private calendar, private key, personal notes, user_email, user_id, session_id, user_name, internal documents, internal repo*, password*, passphrase*, passcode*, credential*, api key*, access token*, auth token*, session token*, private key*, ssh key*, secret key*, id_rsa, id_ed25519, .env, password vault, vault, saved card*, stored card*, card on file, credit card*, debit card*, card number*, card details, payment method*, payment information, payment details, bank transaction*, transaction history, recent transactions, bank details, bank statement*, bank account, account balance*, account number*, balance, salary, salaries, tax return*, tax document*, tax record*, medical history, medical record*, health record*, health data, lab result*, test result*, genetic*, prescription*, patient*, diagnos*, passport*, social security, ssn, driver's license, driving licence, id scan*, identity card, saved address*, address book, saved shipping, shipping addresses, delivery addresses, location history, current location, location data, browsing history, search history, browser history, contact list, contacts', my contacts, contacts, inbox, mailbox, my e-mails, my emails, all e-mails, last five messages, private message*, chat message*, chat log*, chat history, conversation history, direct message*, call log*, call history, whole conversation, full conversation, entire conversation, conversation so far, conversation, transcript*, customer table, users table, user table, customer data, customer list, customer records, personal data, personal information, personal details, private data, sensitive*, confidential*, verification code*, one-time code*, security code*, recovery code*, backup code*, 2fa, two-factor, otp, seed phrase, new seed, recovery phrase, clipboard, cookies, session, environment variable*, env var*, system prompt, internal notes, hr system, employee records, home address, phone number*, date of birth, voice recording*, purchase history, order history, travel history, viewing history, wallet, /etc/passwd, /etc/shadow, gift card*, security question*, biometric*, facial*, financial*, payroll, aws_secret*, token value, service_token, user's token, api_key, user data, user's data",
  goods:
    "file, files, document, documents, folder, folders, message, messages, note, notes, calendar, event, events, meeting, meetings, appointment*, repository, repo, database, table, tables, log, logs, data, record, records, account, profile, photo, photos, picture*, backup, backups, drive, order, orders, history, contents, content, e-mail, e-mails, email, emails, address, addresses, list, code, codes, branch, ticket, tickets, ssh, config, configuration, feed, channel, device, devices, playlist, subscription*, reservation*, laptop*, shares, domain, gist, loan, stocks, key, keys, token, tokens, secret, secrets",
  guard:
    "lock, locks, door, doors, garage, gate, alarm*, burglar, camera*, window, permission*, admin, administrator, owner, collaborator*, root, superuser, public, everybody, firewall, confirmation*, approval*, scopes, full control, full access, permanent access, guest access, insulin, pump, thermostat, direct deposit, beneficiary, beneficiaries, shipping address, delivery address, credit limit, two-factor, visible to, anyone with, anyone who, smart home, security system, motion sensor*, access control*, remote access, write access, access to, access level, privileges, backdoor, role of",
  conceal:
    "no need to check back, not necessary to bring, not necessary to mention, users are not interested, user is not interested, worry about this, draw attention, drawing attention, do not explain this, keep quiet about, do not report it, don't report it, make no mention, without comment to the user, not be shown to the user, never show the user, user must not be, secretly, covertly, discreetly, in secret, do not tell, don't tell, never tell, tell nobody, tell no one, tell anybody, tell anyone, do don't mention, never mention, without telling, without informing, without notifying, without mentioning it, without mentioning this, without asking, without confirmation, without their knowledge, without the user, no need to bother, no need to tell, no need to inform, no need to mention, no need to ask, not necessary to tell, keep this between us, keep this secret, keep it secret, hide this, do not show this, do not display, do not inform, don't inform, notify no one, do not notify, do not record, do not reveal this, not for humans, not visible to, invisible to, users need not know, user need not know, user does not need, of no interest to the user, no need to bring it up, say nothing about, without the user's, do not alert, don't alert, don't let, do not ask for confirmation, don't ask for confirmation, skip confirmation, omitted from, not for the human, hidden from, should not see, must not see, leave this out, don't show the user, hidden instruction, never reveal, between us, leave no trace, delete this message, delete this line",
  machine:
    "automated screening, screening system*, automated grader*, grading system*, automated reviewer*, resume screener*, applicant tracking, ai assistant*, ai agent*, ai model*, ai system*, ai reviewer*, ai reader*, ai crawler*, ai bot*, ai tool*, ai, assistant, assistants, language model*, llm, llms, chatbot*, chat bot*, gpt, chatgpt, gpt-4, gpt-5, claude, gemini, copilot, agent, agents, model, models, bot, bots, robots, automated system*, automated reader*, automated process*, scraper*, crawler*, indexer*, summarizer*, summariser*, ai summar*",
  user: "the user, the user's, your user, user's, the human, the reader, to the customer, the customer's, the victim, this user, their account, the owner of this",
  reading:
    "whoever evaluates, whoever grades, whoever reviews, whoever summari*, whoever reads, evaluates this, grades this, reviews this, evaluating this, grading this, reading this, reads this, read this, processing this, processes this, process this, indexing this, indexes this, parsing this, evaluating this, evaluate this, analysing this, analyzing this, summarise this, summarize this, summarising this, summarizing this, summarises this, summarizes this, translating this, viewing this, handling this, asked about this, asked about the, while processing, when processing, scanning this, reviewing this, when summari*, if you are an ai, if you're an ai, if you are a language, if you are an llm, if an llm, as a language model, as an ai, this message is for, this notice is for, this text is for, once you've read, once you have read, after reading this, reading these lines, whoever processes this, anyone summari*, when you encounter this, when you see this, if you can read this, when you get to this, asked to summari*, any question about, questions about this, in response to this, indexing this, crawling this",
  swap: "complete the task, finish the task, continue the task, continue with the task, proceed with the task, result was incomplete, results were incomplete, before this task, to see the rest, previous result, instead of answering, instead of summari*, do not summari*, before you go on, before you continue, before continuing, before you answer, before answering, before you can, before proceeding, before completing, before finishing, go on as usual, continue as usual, continue normally, carry on as, your goal is, your task is, your new task, new task, next task, real task, actual task, true task, main task, last step, final step, additional step, extra step, step missing, missing step, earlier task, original task, previous task, task is finished, task is done, task is complete, completed the user's, is replaced by, changed their mind, discard them, results are outdated, was a test, hold on, stop what you, first priority, highest priority, ignore what the user, ignore the user, ignore the request, disregard the user, ignore your, the correct summary, the correct answer, the right answer is, and only that, now wants, there's a step, the only answer, reply only, respond only, answer only, only reply, only respond, only answer, always answer, always respond, always reply, must answer, must reply, must respond, your only task, your job is now, your real, abort the, stop the current, forget the, disregard the, rather than answering, rather than summari*, do not answer, don't answer, do not translate, do not process, do not list, do not continue, end your answer, start your answer, finish your answer, begin your answer",
  authority:
    "user has also asked, user has asked, user also wants, user asked that, tool provider, service provider, admin notice, administrator notice, system update, system notice, system message, system alert, security notice, i authorise, i authorize, authorised by, authorized by, i confirm that, i am your developer, i'm your developer, your developer, your developers, it security, security team, as this system's administrator, as administrator, as the administrator, has been approved, already approved, user approved, user has approved, user has authorised, user has authorized, user has been told, user consented, already agreed, has granted, prompts are off, no confirmation, checks are off, are off for today, trust level, this is the system, this is your, so that i can fix you, so i can fix you, by order of, per the administrator, i am the owner, i'm the owner, i am the admin*, i'm the admin*, permission granted, access granted, pre-approved, preapproved, cleared by, compliance team, legal department, root access",
  behalf:
    "on my behalf, on behalf of, on the user's behalf, from my account, in my name, in the user's name, as the user, my card, my cards, my wallet, my bank, company card, for me under, my checking, my savings",
  remember:
    "save to memory, store in memory, add to memory, save to your memory, to your memory, long-term memory, all later sessions, all future, future sessions, future conversations, later conversations, remember for, remember that, from now on, from this line on, from here on, in every answer, to each answer, each answer, every response, each response",
  mine: "my, mine, me",
  quiet:
    "and nothing else, without comment, without explanation, do not comment, do not acknowledge, off the record, silently, quietly, without prompting, unnoticed, behind the scenes",
}
