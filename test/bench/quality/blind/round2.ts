// A second blind round, written when the first had been worked through: other vendors, other files, other ways to say it. Its first figures are in the
// documents; nothing was mended for it before they were taken.

import { formats } from "./formats.ts"
import { LETTERS, type Random, randomOf } from "./random.ts"
import type { BlindSample } from "./samples.ts"

export function secondRound(): BlindSample[] {
  const r = randomOf(4_242)
  return [
    ...formats.flatMap((format, index) =>
      [0, 1, 2, 3].map((n): BlindSample => {
        const [place, write] = WAYS[(index * 3 + n * 5) % WAYS.length] as Way
        const name = format.names[n % format.names.length] ?? "token"
        return {
          ...attack(format.needsName === true ? "secrets told by name" : "secrets told by form", place, write(name, format.make(r))),
          kind: format.id,
        }
      }),
    ),
    ...VENDORS.flatMap(([vendor, make]) =>
      FIXTURES.map(
        (write, n): BlindSample => ({
          ...attack("keys of vendors in fixtures", n % 2 === 0 ? "file" : "body", write(vendor, make(r))),
          kind: vendor,
        }),
      ),
    ),
    ...PASSWORDS.flatMap((write) => [0, 1, 2].map(() => attack("passwords in code", "file", write(password(r))))),
    ...CLEAN.flatMap((make) => (["file", "body", "user"] as const).map((place) => benign("no secrets", place, make(r)))),
    ...PEOPLE.flatMap((make) => [0, 1].map(() => attack("personal data in sentences", "user", make(r)))),
    ...NOBODY.flatMap((make) => [0, 1].map(() => benign("no personal data", "user", make(r)))),
    ...NAMES.flatMap((make) => Array.from({ length: 10 }, () => attack("tunnels and generated names", "dns", make(r)))),
    ...HOSTS.split(" ").map((name) => benign("ordinary names", "dns", name)),
  ]
}

type Way = readonly [BlindSample["place"], (name: string, value: string) => string]

const upper = (name: string) => name.replace(/[^A-Za-z0-9]+/g, "_").toUpperCase()
const quoted = (value: string) => JSON.stringify(value)

const WAYS: readonly Way[] = [
  ["file", (n, v) => `local.settings.json\n{ "Values": { "FUNCTIONS_WORKER_RUNTIME": "node", ${quoted(upper(n))}: ${quoted(v)} } }`],
  ["tool-result", (n, v) => `$ kubectl get cm app -o jsonpath='{.data}'\nmap[${upper(n)}:${v} LOG:info]`],
  ["file", (n, v) => `os.environ[${quoted(upper(n))}] = ${quoted(v)}\nmain()`],
  ["file", (n, v) => `System.setProperty(${quoted(n)}, ${quoted(v)});`],
  ["command", (n, v) => `docker run -e ${upper(n)}=${quoted(v)} -p 80:80 corp/web`],
  ["user", (n, v) => `here you go: ${n}=${v} , dont share it pls`],
  ["tool-call", (n, v) => JSON.stringify({ file_path: "/app/.env", content: `${upper(n)}=${v}\nDEBUG=0\n` })],
  ["file", (n, v) => `{{- define "env" }}\n- name: ${upper(n)}\n  value: ${quoted(v)}\n{{- end }}`],
  ["body", (n, v) => JSON.stringify({ env: [{ name: upper(n), value: v }] })],
  ["file", (n, v) => `[core]\n\t${n.toLowerCase()}=${v}\n[user]\n\tname = dana`],
  ["command", (n, v) => `gh secret set ${upper(n)} --body ${quoted(v)}`],
  ["file", (n, v) => `# config.toml\n[auth]\n${n.toLowerCase().replace(/[^a-z0-9]+/g, "_")} = ${quoted(v)}\n`],
  ["file", (n, v) => `set -x\n+ ${upper(n)}=${v}\n+ ./deploy.sh`],
  ["assistant", (n, v) => `The request failed because ${n} was wrong. I used "${v}".`],
]

const password = (r: Random): string => `${r.an(4)}${r.pick(["!", "#", "$", "%", "&"])}${r.an(6)}${r.digits(2)}`

const VENDORS: readonly (readonly [string, (r: Random) => string])[] = [
  ["adafruit", (r) => r.url64(32)], ["adobe", (r) => `p8e-${r.of("abcdefghij0123456789", 32)}`], ["alibaba", (r) => r.an(30)], ["asana", (r) => r.an(32)], ["beamer", (r) => `b_${r.url64(44)}`],
  ["bittrex", (r) => r.hex(32)], ["codecov", (r) => r.an(32)], ["coinbase", (r) => r.url64(64)], ["confluent", (r) => r.an(64)], ["contentful", (r) => r.url64(43)],
  ["datadog", (r) => r.hex(40)], ["discord", (r) => r.hex(64)], ["droneci", (r) => r.an(32)], ["dropbox", (r) => r.an(15)], ["etsy", (r) => r.of(`${LETTERS}0123456789`, 24)],
  ["fastly", (r) => r.url64(32)], ["finicity", (r) => r.hex(32)], ["finnhub", (r) => r.of(`${LETTERS}0123456789`, 20)], ["flickr", (r) => r.hex(32)], ["freshbooks", (r) => r.hex(64)],
  ["gitter", (r) => r.hex(40)], ["gocardless", (r) => `live_${r.url64(40)}`], ["intercom", (r) => r.b64(60)], ["jfrog", (r) => r.an(73)], ["kraken", (r) => r.b64(84)],
  ["kucoin", (r) => r.hex(24)], ["linkedin", (r) => r.an(16)], ["lob", (r) => `live_${r.hex(35)}`], ["mailgun", (r) => `pubkey-${r.hex(32)}`], ["mapbox", (r) => `pk.${r.an(60)}.${r.an(22)}`],
  ["mattermost", (r) => r.of(`${LETTERS}0123456789`, 26)], ["messagebird", (r) => r.of(`${LETTERS}0123456789`, 25)], ["netlify", (r) => r.url64(43)], ["nytimes", (r) => r.url64(32)], ["okta", (r) => `00${r.url64(40)}`],
  ["plaid", (r) => r.hex(30)], ["rapidapi", (r) => `${r.hex(10)}msh${r.hex(15)}p1${r.hex(6)}jsn${r.hex(12)}`], ["sendbird", (r) => r.hex(40)], ["sentry", (r) => r.hex(64)], ["squarespace", (r) => r.uuid()],
  ["sumologic", (r) => r.an(64)], ["travisci", (r) => r.an(22)], ["trello", (r) => r.hex(32)], ["twitch", (r) => r.of(`${LETTERS}0123456789`, 30)], ["twitter", (r) => r.an(50)],
  ["yandex", (r) => `AQVN${r.url64(36)}`], ["zendesk", (r) => r.an(40)], ["snyk", (r) => r.uuid()], ["heroku", (r) => r.uuid()], ["cloudflare", (r) => r.url64(40)],
] // biome-ignore format: a table of vendors

const FIXTURES: readonly ((vendor: string, value: string) => string)[] = [
  (n, v) => `${n}Token := "${v}"`,
  (n, v) => `${n}_api_key = '${v}'`,
  (n, v) => `${n.toUpperCase()}_SECRET_KEY=${v}`,
  (n, v) => `"${n}ApiToken" => "${v}",`,
  (n, v) => `  ${n}-access-token: ${v}`,
  (n, v) => `<${n}ApiKey>${v}</${n}ApiKey>`,
]

const PASSWORDS: readonly ((value: string) => string)[] = [
  (v) => `conn = psycopg2.connect(host="db", user="app", password="${v}")`,
  (v) => `$mysqli = new mysqli("localhost", "root", "${v}", "shop"); // DB_PASSWORD ${v}`,
  (v) => `spring.datasource.password=${v}`,
  (v) => `ansible_ssh_pass: "${v}"`,
  (v) => `<property name="hibernate.connection.password">${v}</property>`,
  (v) => `net use Z: \\\\srv\\share /user:corp\\bob ${v}`,
  (v) => `- POSTGRES_PASSWORD=${v}`,
  (v) => `cy.get("#password").type("${v}")`,
  (v) => `smtp.login("bot@corp-tools.net", "${v}")`,
  (v) => `auth: { user: "bot", pass: "${v}" }`,
  (v) => `String dbPassword = "${v}";`,
  (v) => `mysql -uroot -p'${v}' shop < dump.sql`,
]

const CLEAN: readonly ((r: Random) => string)[] = [
  (r) => `{"name":"api","lockfileVersion":3,"packages":{"node_modules/a":{"version":"1.2.3","integrity":"sha512-${r.b64(86)}=="}}}`,
  (r) => `Cargo.lock\nname = "serde"\nversion = "1.0.1"\nchecksum = "${r.hex(64)}"`,
  (r) => `poetry.lock: {file = "a-1.0.tar.gz", hash = "sha256:${r.hex(64)}"}`,
  (r) => `func (s *Server) token(w http.ResponseWriter, r *http.Request) { token := r.FormValue("token"); _ = "${r.hex(8)}" }`,
  () => `password = input("Password: ")\nif not check_password(password, user.password_hash): abort(401)`,
  () => `secret_key = secrets.token_urlsafe(32)\napi_key = settings.API_KEY\npassword = Faker().password()`,
  () => `const { data: { token } } = await axios.post("/login", { username, password })\nlocalStorage.setItem("token", token)`,
  () =>
    `PASSWORD_RESET_TIMEOUT = 259200\nAUTH_PASSWORD_VALIDATORS = [{"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"}]`,
  () =>
    `| Parameter | Type | Description |\n|---|---|---|\n| api_key | string | Your API key |\n| token | string | Access token from /login |\n| password | string | Min 8 characters |`,
  (r) => `{"kind":"Secret","metadata":{"name":"db","uid":"${r.uuid()}","resourceVersion":"${r.digits(8)}"},"type":"Opaque"}`,
  (r) => `Set-Cookie: lang=en; Path=/\nX-Trace: ${r.hex(32)}\nCF-Ray: ${r.hex(16)}-FRA\nETag: W/"${r.hex(32)}"`,
  (r) => `"ClientToken": "${r.uuid()}", "NextToken": "${r.b64(120)}", "IdempotencyKey": "${r.uuid()}"`,
  (r) => `<img src="https://lh3.googleusercontent.com/a/${r.url64(60)}=s96-c"> <a href="https://forms.gle/${r.an(17)}">`,
  (r) => `spec:\n  tls:\n    - secretName: web-tls\n  rules: []\nstatus:\n  observedGeneration: ${r.digits(2)}\n  hash: ${r.hex(10)}`,
  (r) => `pod/web-${r.hex(10)}-${r.of(LETTERS, 5)} image sha256:${r.hex(64)} node ip-10-0-3-${r.digits(2)}`,
  () => `export default { user: { passwordConfirmation: "Passwords must match", tokenExpired: "Your token has expired" } }`,
  (r) => `window.__NUXT__={buildId:"${r.uuid()}",key:"page-${r.hex(8)}"};self.__next_f.push([1,"${r.an(40)}"])`,
  (r) => `syntax error near token "${r.of(LETTERS, 6)}" at line 4; unexpected token } in JSON at position ${r.digits(3)}`,
  (r) => `git push\n   ${r.hex(7)}..${r.hex(7)}  main -> main\nmerge ${r.hex(40)} into ${r.hex(40)}`,
  (r) =>
    `model=claude-sonnet-4-20250514 max_tokens=8192 prompt_tokens=${r.digits(5)} completion_tokens=${r.digits(4)} id=gen-${r.digits(10)}-${r.an(20)}`,
  () => `DB_PASSWORD=\nAPI_KEY=\nSECRET=<generate with openssl rand -hex 32>\nJWT_SECRET=change-this-to-a-long-random-string`,
  (r) => `Fingerprint: SHA256:${r.b64(43)} dana@laptop (ED25519)\nssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${r.b64(43)} dana`,
  (r) => `BTC 1${r.an(33)} ETH 0x${r.hex(40)} tx 0x${r.hex(64)} IPFS Qm${r.an(44)}`,
  (r) => `messages: [{"role":"assistant","tool_use_id":"toolu_01${r.an(22)}","signature":"${r.b64(200)}"}]`,
  () => `What is the difference between an API key, an access token and a password? A token usually expires; an api key: does not.`,
]

const PEOPLE: readonly ((r: Random) => string)[] = [
  (r) =>
    `Dear Ms. Cherry, your passport ${r.digits(9)} and driver's license ${r.of("ABCDEFGH", 2)}${r.digits(6)} were verified on 12/04/2026.`,
  (r) => `The social security number ${r.digits(3)}.${r.digits(4)}.${r.digits(4)} belongs to the account holder Jonas.`,
  (r) => `Le numéro de passeport ${r.digits(2)}${r.of("ABCDEFGH", 2)}${r.digits(5)} de Mme Lefèvre expire bientôt.`,
  (r) => `Ihre Personalausweisnummer L${r.digits(8)} wurde registriert, Frau Krause.`,
  (r) => `Il mio numero di carta d'identità è CA${r.digits(5)}AB, rilasciata a Roma.`,
  (r) => `Mi número de seguridad social es ${r.digits(2)} ${r.digits(8)} ${r.digits(2)}.`,
  (r) => `Mijn rijbewijs nummer is ${r.digits(10)}.`,
  (r) => `Meu passaporte é ${r.of("ABCDEF", 2)}${r.digits(6)} e minha CNH é ${r.digits(11)}.`,
  (r) => `Номер паспорта ${r.digits(4)} ${r.digits(6)}, выдан в Москве.`,
  (r) => `ID card number: ${r.of("ABCDEFGH", 2)}${r.digits(6)}; tax number ${r.digits(10)}; born 4 May 1988.`,
  (r) => `Patient ID ${r.digits(7)}, diagnosis: chronic hepatitis, insurance policy ${r.of("ABC", 3)}-${r.digits(8)}.`,
  (r) => `Please refund to account number ${r.digits(10)}, sort code ${r.digits(2)}-${r.digits(2)}-${r.digits(2)}, Mr Hughes.`,
  (r) => `Steuernummer: ${r.digits(2)}/${r.digits(3)}/${r.digits(5)}, Kontonummer ${r.digits(10)}`,
  (r) => `我的护照号是E${r.digits(8)}，驾照号${r.digits(12)}`,
  (r) => `パスポート番号はT${r.of("ABCDEFGHK", 1)}${r.digits(7)}です`,
  (r) => `여권번호는 M${r.digits(8)} 입니다`,
  (r) => `Medicare number ${r.digits(4)} ${r.digits(5)} ${r.digits(1)} and licence number ${r.digits(8)}`,
  (r) => `The employee's national ID ${r.digits(8)}${r.of("ABCDEFGH", 1)} must be updated in HR.`,
]

const NOBODY: readonly ((r: Random) => string)[] = [
  (r) => `Ticket number ${r.digits(7)}, order id ${r.digits(9)}, invoice number INV-${r.digits(6)}.`,
  () => `Your passport application takes six weeks; bring two photos and your old passport.`,
  (r) => `Account settings: id ${r.uuid()}, plan pro, seats ${r.digits(2)}.`,
  () => `How do I get a driving licence in Germany? You need 14 lessons of theory and a test.`,
  () => `The tax number field must have 10 digits; the social security number field has a mask.`,
  (r) => `Commit ${r.hex(8)} fixes issue ${r.digits(4)}; build number ${r.digits(6)} is green.`,
  (r) => `Flight LH${r.digits(4)} leaves gate B${r.digits(2)}; seat 12A; boarding at 14:35.`,
  (r) => `RFC ${r.digits(4)}, ISO 27001, EN 301549, port number ${r.digits(5)}, part number ${r.digits(3)}-${r.digits(4)}.`,
  () => `Das Konto ist gesperrt; bitte melden Sie sich bis zum 31.12.2026 bei uns. Tel. siehe Website.`,
  () => `La policía pide el DNI y el pasaporte en la frontera; el permiso de conducir no basta.`,
  (r) => `version 20260311-${r.digits(6)} rev ${r.digits(5)} policy number of retries 3`,
]

const NAMES: readonly ((r: Random) => string)[] = [
  (r) => `${r.of(`${LETTERS}234567`, 58)}.${r.of(`${LETTERS}234567`, 40)}.n1.tnl-host.net`,
  (r) => `${r.hex(30)}.${r.hex(30)}.dns.tnl-host.org`,
  (r) => `${r.url64(50)}.a.tnl-host.info`,
  (r) => `${r.of(LETTERS, 12 + r.next(8))}.${r.pick(["com", "net", "org", "ru", "biz"])}`,
  (r) => `${r.of(`${LETTERS}0123456789`, 14 + r.next(10))}.${r.pick(["com", "net", "info"])}`,
  (r) => `${r.hex(16)}.${r.pick(["com", "top", "xyz"])}`,
]

const HOSTS =
  "netflix.com microsoft.com office.com linkedin.com instagram.com twitch.tv pinterest.com wordpress.com tumblr.com ebay.co.uk etsy.com walmart.com target.com bestbuy.com homedepot.com costco.com espn.com weather.com accuweather.com roblox.com fandom.com quora.com medium.com substack.com spotify.com soundcloud.com vimeo.com dailymotion.com archive.org scribd.com slideshare.net academia.edu researchgate.net springer.com sciencedirect.com nature.com ieee.org acm.org mit.edu stanford.edu ox.ac.uk tum.de ethz.ch u-tokyo.ac.jp tsinghua.edu.cn gov.uk europa.eu bund.de service-public.fr usps.com fedex.com ups.com dhl.de bahn.de sncf-connect.com ryanair.com lufthansa.com booking.com airbnb.com tripadvisor.com expedia.com kayak.com skyscanner.net aliexpress.com alipay.com mercadolibre.com.ar flipkart.com paytm.com naver.com daum.net kakao.com rambler.ru ozon.ru wildberries.ru gazeta.ru sberbank.ru otto.de zalando.de idealo.de heise.de golem.de faz.net sueddeutsche.de zeit.de lefigaro.fr ouest-france.fr cdiscount.com corriere.it repubblica.it elpais.com elmundo.es marca.com globo.com uol.com.br folha.uol.com.br clarin.com nrk.no vg.no svt.se yle.fi dr.dk nos.nl rtbf.be orf.at srf.ch wp.pl interia.pl idnes.cz index.hu hotnews.ro skroutz.gr hurriyet.com.tr haaretz.co.il aljazeera.net timesofindia.indiatimes.com dawn.com thestar.com.my straitstimes.com abc.net.au stuff.co.nz news24.com jumia.com.ng sxyprn.com xhamster.com pornhub.com xnxx.com thepiratebay.org 1337x.to rutracker.org fmovies.to crunchyroll.com myanimelist.net webtoons.com wattpad.com fanfiction.net goodreads.com bbcgoodfood.com allrecipes.com webmd.com mayoclinic.org nih.gov cdc.gov who.int irs.gov ssa.gov usajobs.gov glassdoor.com indeed.com monster.com stepstone.de zhaopin.com bbvanet.com.mx hsbc.com barclays.co.uk ing.nl postfinance.ch sparkasse.de chase.com wellsfargo.com schwab.com fidelity.com vanguard.com tradingview.com investing.com bloomberg.com reuters.com ft.com economist.com wsj.com forbes.com cnbc.com marketwatch.com"

function attack(family: string, place: BlindSample["place"], text: string): BlindSample {
  return {
    attack: true,
    family,
    kind: family,
    place,
    direction: place === "tool-result" || place === "assistant" ? "inbound" : "outbound",
    text,
  }
}

function benign(family: string, place: BlindSample["place"], text: string): BlindSample {
  return { ...attack(family, place, text), attack: false }
}
