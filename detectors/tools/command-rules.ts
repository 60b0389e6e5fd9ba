// Commands no careful agent runs unasked. A rule is a shape, not a word: the destructive flag, the path that matters, the pipe into a shell.
import type { Severity } from "../../services/contracts/severity.ts"

export interface CommandRule {
  readonly id: string
  readonly title: string
  readonly severity: Severity
  readonly confidence: number
  readonly keywords: readonly string[]
  readonly pattern: RegExp
  readonly back?: number | readonly [number, number]
  readonly references: readonly string[]
}

const any = (list: string): readonly string[] => list.split(" ~ ")
/** Files that hold credentials, from the folder that gives them away. */
export const SECRET_FILE =
  "(?:~|\\$HOME|\\$\\{HOME\\}|%USERPROFILE%|\\/root|\\/home\\/[\\w.-]{1,32}|\\/Users\\/[\\w.-]{1,32}|\\.{1,2})?[\\\\/]{0,2}(?:\\.ssh[\\\\/](?:id_[a-z0-9]{2,10}|\\*|authorized_keys|config|)|id_(?:rsa|ed25519|ecdsa|dsa)(?!\\.pub)|\\.aws[\\\\/](?:credentials|config|)|\\.netrc|\\.npmrc|\\.pypirc|\\.docker[\\\\/]config\\.json|\\.kube[\\\\/]config|\\.git-credentials|\\.gnupg|\\.env(?:\\.(?:local|prod|production|staging))?(?![\\w.-])|\\.config[\\\\/](?:gcloud|gh[\\\\/]hosts)|\\.azure[\\\\/]|application_default_credentials|\\.claude[\\\\/]\\.credentials|\\.clawdbot|\\.openclaw[\\\\/]|\\.codex[\\\\/]auth|\\.cursor[\\\\/]mcp\\.json|mcp\\.json|wallet\\.dat|\\.bash_history|\\.zsh_history|Login Data|logins\\.json|cookies\\.sqlite|keystore|\\.password-store|etc[\\\\/](?:shadow|gshadow|sudoers|passwd-|krb5\\.keytab|ssl[\\\\/]private)|secrets[\\\\/]kubernetes\\.io[\\\\/]serviceaccount[\\\\/]token|proc[\\\\/](?:self|\\d{1,7})[\\\\/]environ|\\.vault-token|\\.terraform\\.d|Keychains|seed(?:_?phrase)?\\.txt)"
const FETCH = "(?:curl|wget|fetch|http|https|aria2c|iwr|irm|invoke-webrequest|invoke-restmethod|lynx)"
const SHELL =
  "(?:sudo\\s{1,3}(?:-\\w{1,3}\\s{1,3})?)?(?:env\\s{1,3})?(?:\\/usr)?(?:\\/bin\\/|\\/usr\\/bin\\/env\\s{1,3})?(?:ba|z|da|k|fi|a)?sh\\b|\\$\\{?SHELL\\b|(?:python[23]?(?:\\.\\d{1,2})?|node|perl|ruby|php|pwsh|powershell|iex|invoke-expression|osascript|bun|deno)\\b"
const ARGS = "[^\\n|;&]{0,300}?"

const DESTRUCTIVE =
  /(?:rm\s{1,3}(?:-{1,2}[\w-]{1,20}\s{1,3}){1,4}(?:--\s{1,3})?["']?(?:\/(?:\*|\s|["']|$|etc|usr|var|home|bin|boot|lib|opt|root|srv|Users|System)|~(?:\/?\*?["']?(?:\s|$|;|&|\|))|\$\{?HOME\}?\/?\*?["']?(?:\s|$|;|&)|\*(?:\s|$)|\.\/?\*?(?:\s|$|;)|[A-Z]:\\)|--no-preserve-root|mkfs(?:\.\w{2,5})?\s{1,3}[^\n]{0,30}\/dev\/|dd\s[^\n]{0,100}of=\/dev\/(?:sd|nvme|hd|vd|xvd|mmcblk|disk)|>\s?\/dev\/(?:sd|nvme|hd|vd)[a-z0-9]|wipefs\s{1,3}-a|shred\s[^\n]{0,60}(?:\/dev\/|-\w{0,4}[uz]\w{0,4}\s)|(?<bomb>:|[A-Za-z_.]\w{0,15})\s?\(\)\s{0,3}\{\s{0,3}\k<bomb>\s{0,3}\|\s{0,3}\k<bomb>\s{0,3}&\s{0,3}\}\s{0,3};\s{0,3}\k<bomb>|find\s{1,3}["']?(?:\/(?:home|etc|usr|var|root|srv|opt|boot|Users)?|~|\$\{?HOME\}?)\/?["']?\s[^\n]{0,120}-(?:delete|exec\s{1,3}(?:rm|shred|unlink))|mv\s{1,3}(?:-\w{1,3}\s)?(?:\/|~|\$HOME)\S{0,60}\s{1,3}\/dev\/null|(?<![\d>&-])>\s{0,2}\/etc\/(?:passwd|shadow|sudoers|fstab|group|hosts)\b(?!\.)|kill\s{1,3}-(?:9|KILL|SIGKILL)\s{1,3}-1(?!\d)|sgdisk\s[^\n]{0,20}(?:--zap-all|-Z|-o)\s|--zap-all|mke2fs\s[^\n]{0,40}\/dev\/|(?:lv|vg|pv)remove\s[^\n]{0,20}(?:-f|-y|--yes)|z(?:pool|fs)\s{1,3}destroy\s|dd\s[^\n]{0,60}if=\/dev\/(?:zero|urandom|random)\s[^\n]{0,40}of=["']?\$|cryptsetup\s[^\n]{0,40}(?:luksErase|erase)|blkdiscard\s{1,3}(?:-\w\s)?\/dev|parted\s[^\n]{0,40}\/dev\/\w{2,9}\s[^\n]{0,40}(?:mklabel|rm\s\d)|diskpart\s{1,3}\/s|clear-disk\s|format-volume\s|>\s{0,2}\/proc\/sysrq-trigger|(?:rmSync|rmdirSync|fs\.rm)\(\s{0,3}["'`](?:\/|~|[a-z]:\\{1,2})["'`]|cipher\s{1,3}\/w:|crontab\s{1,3}-r(?:\s|$)|usn\s{1,3}deletejournal|unlink\s{1,3}glob\(["']\/|(?:del|rd|rmdir)\s{1,3}(?:\/[sfq]\s{1,3}){1,3}["']?(?:[a-z]:\\|%\w{1,20}%|\*)|remove-item\s(?=[^\n|;]{0,160}-recurse)(?=[^\n|;]{0,160}-force)[^\n|;]{0,120}?\s["']?(?:[a-z]:\\?["']?(?:\s|\*|$)|[a-z]:\\(?:windows|users|program)|~|\$(?:env:)?(?:HOME|USERPROFILE|SystemRoot|SystemDrive)|\\\*|\/["']?(?:\s|\*|$))|(?:get-childitem|gci|dir|ls)\s{1,3}["']?(?:[a-z]:\\|~|\$HOME|\$env:)[^\n|]{0,80}\|\s{0,3}remove-item|format\s{1,3}[a-z]:|vssadmin(?:\.exe)?\s{1,3}delete\s{1,3}shadows|shadowcopy\s{1,3}delete|wbadmin\s{1,3}delete|bcdedit\s[^\n]{0,60}recoveryenabled\s{1,3}no|erasedisk|shutil\.rmtree\(\s{0,3}(?:["'](?:\/|~)|os\.path\.expanduser|os\.environ|path\.home)|ch(?:mod|own)\s{1,3}-r\s{1,3}\S{1,30}\s{1,3}\/(?:\s|$|etc|usr|bin|\*))/i

const CREDENTIAL_STORE =
  /(?:find-(?:generic|internet)-password|dump-keychain|mimikatz|sekurlsa|(?:procdump|comsvcs|minidump|rundll32)[^\n]{0,80}lsass|comsvcs\.dll[^\n]{0,20}minidump|computeMetadata\/v1\/[^\s"']{0,80}\/token|169\.254\.(?:169\.254\/latest\/(?:meta-data\/(?:iam|identity)|api\/token)|170\.2)|lsass\.dmp|reg\s{1,3}save\s{1,3}hklm\\(?:sam|system|security)|secretsdump|ntdsutil[^\n]{0,80}(?:ifm|create)|\/proc\/\S{1,40}\/mem\b|gcore\s[^\n]{0,20}(?:\d|\$\()|reg\s{1,3}query\s[^\n]{0,60}\/f\s{1,3}["']?passw|wlan\s[^\n]{0,60}key=clear|iam\s{1,3}create-(?:access-key|login-profile)\s|pypykatz|hashdump|samdump|gsecdump|nanodump|sharpdpapi|chromepass|get\s{1,3}secrets?\s[^\n]{0,60}(?:-A|--all-namespaces)[^\n]{0,40}-o|get\s{1,3}secrets?\s[^\n]{0,40}-o\s{0,3}(?:yaml|json)[^\n]{0,40}(?:-A\b|--all-namespaces)|(?:grep|rg|findstr|select-string)\s[^\n|;]{0,60}(?:AWS_SECRET|AKIA|(?:api|secret|private)[_ -]?key|passw(?:or)?d|BEGIN[^\n]{0,12}PRIVATE)[^\n|;]{0,40}\s["']?(?:\/(?:home|root|etc|Users|var|opt|\*|)\/?["']?|~\/?|\$HOME\/?|[a-z]:\\)(?:\s|$|\*)|find\s{1,3}(?:\/|~|\$HOME)\S{0,30}\s[^\n|;]{0,80}-i?name\s{1,3}["']?(?:\*?\.(?:kdbx|pem|key|ppk|p12|pfx|ovpn|keystore|env)|id_[a-z0-9*]{1,8}|\.env|credentials\b|\.aws|\.ssh|wallet\.dat|\*(?:pass|secret|cred|token|key)\w{0,8}\*)|\.kdbx[^\n]{0,40}\b(?:cp|mv|curl|scp|tar)\b|(?:cp|curl|scp|tar|zip)\s[^\n;|]{0,80}\.kdbx|ntds\.dit|lazagne|cmdkey\s{1,3}\/list|vaultcmd|--export-secret-keys)/i

const DEFENCE_EVASION =
  /(?:history\s{1,3}-c\b|unset\s{1,3}histfile|histfile=\/dev\/null|rm\s[^\n]{0,40}\/var\/log|>\s?\/var\/log\/\S{2,60}|auditctl\s{1,3}-[de]|sc(?:\.exe)?\s{1,3}(?:stop|delete)\s{1,3}(?:windefend|wscsvc|mpssvc|sense|eventlog|sysmon)|set-mppreference\s[^\n]{0,40}-disable\w{3,40}\s{1,3}(?:\$true|1)|truncate\s{1,3}-s\s?0\s{1,3}\/var\/log|--vacuum-(?:time|size)=[01]|systemctl\s{1,3}(?:stop|disable|mask)\s{1,3}(?:--now\s{1,3})?(?:auditd|falcon|rsyslog|crowdstrike|osquery|wazuh|firewalld|apparmor)|setenforce\s{1,3}0|ufw\s{1,3}disable|iptables\s{1,3}-F|disablerealtimemonitoring|advfirewall\s[^\n]{0,40}state\s{1,3}off|--master-disable|xattr\s{1,3}-\w{1,3}\s{1,3}com\.apple\.quarantine|xattr\s{1,3}-c|unset\s{1,3}(?:https?_proxy|all_proxy)|no_proxy=["']?\*|node_tls_reject_unauthorized=["']?0|csrutil\s{1,3}disable|wevtutil\s{1,3}cl|clear-eventlog|chattr\s{1,3}\+i|-exclusion(?:path|process|extension)|(?:rm|shred|truncate|ln)\s[^\n;|]{0,40}\.(?:bash|zsh)_history|(?:cat\s\/dev\/null|:|echo\s["']{2})?\s{0,3}>\s{0,3}~?\S{0,30}\.(?:bash|zsh)_history|histsize=0|(?:killall|pkill)\s[^\n]{0,20}(?:auditd|falcon|crowdstrike|osquery|wazuh|sysmon|clamd|defender|syslog)|amsi(?:utils|initfailed|scanbuffer))/i

export const commandRules: readonly CommandRule[] = [
  {
    id: "reverse-shell",
    title: "A shell handed to another machine",
    severity: "critical",
    confidence: 0.95,
    keywords: any(
      "/dev/tcp/ ~ /dev/udp/ ~ nc -e ~ nc -c ~ ncat ~ netcat ~ mkfifo ~ pty.spawn ~ os.dup2 ~ dup2(s ~ fsockopen ~ -rsocket ~ use socket ~ socat ~ tcpclient ~ socket.socket ~ tcpsocket ~ backpipe ~ sh -i ~ child_process ~ telnet  ~ /inet/tcp ~ /inet/udp ~ socket.tcp ~ s_client ~ io::socket ~ io.popen ~ require(\"net\") ~ require('net') ~ getruntime ~ nc  ~ ztcp ~ zsh/net/tcp ~ processbuilder ~ net.dial( ~ socket_create ~ socket_connect ~ nc64 ~ netcat ~ openssl s_client ~ mknod ~ new socket( ~ xterm -display",
    ),
    pattern:
      /(?:\/dev\/(?:tcp|udp)\/[\w.$-]{1,253}\/\$?\w{1,12}|\bztcp\s{1,3}(?:-\w\s)?\S{1,120}\s{1,3}\d{1,5}|xterm\s{1,3}-display\s{1,3}[\d.]{7,15}:|ProcessBuilder\([^\n]{0,300}\bSocket\(|new Socket\([^\n]{0,400}(?:ProcessBuilder|getRuntime)|net\.Dial\([^\n]{0,300}exec\.Command|socket_(?:create|connect)\([^\n]{0,300}(?:shell_exec|exec|system|passthru|popen|proc_open)\(|(?<![\w-])(?:nc|ncat|netcat)(?:(?:64|32)?\.exe|\.traditional)?\s(?=[^\n|;]{0,120}(?:-\w{0,4}[ec]\w{0,3}|--exec|--sh-exec)\s{0,3}['"]?(?:\/bin|\/usr\/bin|cmd|bash|sh|powershell))[^\n|;]{3,160}|(?:mkfifo|mknod)\s{1,4}\S{1,80}[^\n]{0,160}\b(?:nc|ncat|netcat|telnet|openssl)\b|socket\.socket\([^\n]{0,200}\bconnect\([^\n]{0,200}(?:dup2|subprocess|pty\.spawn|os\.system)|pty\.spawn\(['"](?:\/bin\/)?(?:ba|z|da)?sh|\/inet\/(?:tcp|udp)\/\d{1,5}\/|socket\.tcp\(\)[^\n]{0,200}(?:os\.execute|io\.popen)|s_client\s[^\n]{0,160}\|\s{0,3}(?:\/bin\/)?(?:ba|z|da)?sh\b|IO::Socket::INET[^\n]{0,300}(?:system|exec|fdopen)|TCPSocket[^\n]{0,160}(?:popen|exec|spawn)|require\(['"](?:node:)?net['"]\)[^\n]{0,400}(?:spawn|exec)\w{0,8}\(|getRuntime\(\)\.exec\([^\n]{0,160}(?:bash|\/dev\/tcp|base64|\bnc\b|curl|wget)|fsockopen\([^\n]{0,120}(?:exec|proc_open|shell_exec|system|passthru)|socat\s[^\n]{0,120}exec:|TCPClient\([^\n]{0,300}GetStream|-rsocket\s[^\n]{0,160}TCPSocket|use socket;[^\n]{0,300}exec|telnet\s[^\n|]{1,80}\|\s{0,3}(?:\/bin\/)?(?:ba)?sh|child_process[^\n]{0,160}(?:net\.connect|net\.Socket|createConnection)|(?:ba)?sh -i\s{0,3}(?:>&|<&|0<&|2>&1)[^\n]{0,60}(?:\/dev\/|nc|ncat|<\/))/i,
    references: ["T1059", "ASI05"],
  },
  {
    id: "pipe-to-shell",
    title: "A download run without being read",
    severity: "high",
    confidence: 0.9,
    keywords: any(
      "curl ~ wget ~ invoke-webrequest ~ invoke-restmethod ~ iwr ~ irm ~ downloadstring ~ downloadfile ~ urlopen ~ requests.get ~ <(curl ~ mshta ~ regsvr32 ~ certutil ~ bitsadmin ~ fetch( ~ aria2c ~ tftp ~ ftp  ~ lwp-download ~ scp  ~ cscript ~ wscript ~ rundll32 ~ msiexec",
    ),
    pattern: new RegExp(
      `(?:(?:cscript|wscript|rundll32|regsvr32|mshta|msiexec)(?:\\.exe)?\\s[^\\n]{0,60}?\\\\\\\\[\\w.-]{3,60}\\\\|(?:tftp|ftp|lwp-download)\\s[^\\n;&|]{4,120}(?:;|&&|\\n)\\s{0,3}(?:chmod\\s[^\\n;&|]{1,60}(?:;|&&)\\s{0,3})?(?:(?:ba|z|da)?sh|perl|python3?|\\.\\/)\\s{0,3}\\S|${FETCH}\\s${ARGS}\\|\\s{0,4}(?:tee\\s[^|\\n]{1,60}\\|\\s{0,3})?(?:${SHELL})|<\\(\\s{0,3}${FETCH}\\s|downloadstring\\([^\\n]{1,300}|urlopen\\([^\\n]{1,200}\\)\\.read\\(\\)[^\\n]{0,60}|requests\\.get\\([^\\n]{1,200}\\)\\.(?:text|content)\\s{0,3}[),]|mshta(?:\\.exe)?\\s{1,3}['"]?(?:https?:|javascript:|vbscript:)|regsvr32[^\\n]{0,80}\\/i:https?:|certutil(?:\\.exe)?\\s[^\\n]{0,60}-urlcache|bitsadmin\\s[^\\n]{0,40}\\/transfer|(?:curl|wget)\\s${ARGS}(?:-o|-O|--output|>)\\s{0,3}['"]?(\\S{1,120}?)['"]?\\s{0,3}(?:&&|;|\\n|&)[^\\n]{0,200}(?:chmod\\s{1,3}(?:\\+x|[0-7]?7[0-7]{2}|a\\+x|u\\+x)[^\\n]{0,160}|(?:ba|z)?sh\\s{1,3}['"]?\\1|\\s\\.\\/))`,
      "i",
    ),
    back: [0, 2],
    references: ["T1105", "T1059", "ASI05"],
  },
  {
    id: "substituted-download",
    title: "A download run without being read",
    severity: "high",
    confidence: 0.9,
    keywords: any(
      "$(curl ~ $(wget ~ `curl ~ `wget ~ exec(urllib ~ exec(requests ~ iex( ~ iex ~ invoke-expression ~ eval(awai ~ exec(__import__",
    ),
    pattern:
      /(?:(?:(?:ba|z|da)?sh\s{1,3}-c|eval|source|\.)\s{1,3}["']{0,2})?[$`]\(?(?:curl|wget)\s[^\n)`]{3,300}[)`]|exec\((?:urllib|requests|__import__)[^\n]{3,300}|(?:iex|invoke-expression)\s{0,3}\(?[^\n]{0,120}(?:downloadstring|iwr|irm|invoke-webrequest|webclient|http)|eval\(await[^\n]{0,80}fetch\(/i,
    back: [0, 12],
    references: ["T1105", "T1059", "ASI05"],
  },
  {
    id: "encoded-exec",
    title: "An encoded text run as a program",
    severity: "high",
    confidence: 0.9,
    keywords: any(
      "base64 ~ b64decode ~ -enc ~ -encodedcommand ~ xxd -r ~ fromcharcode ~ atob( ~ marshal.loads ~ zlib.decompress ~ openssl enc ~ {base64, ~ printf ~ echo -e ~ fromhex ~ frombase64string",
    ),
    pattern: new RegExp(
      `(?:base64\\s{1,3}(?:-d|-D|--decode|-di)[^\\n|]{0,80}\\|\\s{0,3}(?:(?:gunzip|zcat|gzip -d|xz -d|rev|tr [^|\\n]{1,40})\\s{0,3}\\|\\s{0,3})?(?:${SHELL})|\\{base64,-{1,2}d[^\\n|]{0,10}\\}\\s{0,3}\\|\\s{0,3}(?:${SHELL})|(?:printf|echo -e)\\s{1,3}["']?(?:\\\\(?:x[0-9a-fA-F]{2}|[0-7]{3})){6,}[^\\n|]{0,200}\\|\\s{0,3}(?:${SHELL})|xxd -r[^\\n|]{0,40}\\|\\s{0,3}(?:${SHELL})|(?:exec|eval|compile|loads|system|popen|run|call|check_output|check_call)\\([^\\n]{0,80}(?:b64decode|frombase64|fromhex|zlib\\.decompress|atob|fromcharcode)[^\\n]{0,200}|(?:b64decode|atob|fromhex|zlib\\.decompress|marshal\\.loads|frombase64string)\\([^\\n]{0,400}?\\)[^\\n]{0,60}\\b(?:exec|eval|system|popen|iex|invoke)\\b|powershell[^\\n]{0,100}\\s-e(?:nc(?:odedcommand)?)?\\s{1,3}['"]?[A-Za-z0-9+/=]{20,}|-enc(?:odedcommand)?\\s{1,3}['"]?[A-Za-z0-9+/=]{40,}|openssl enc[^\\n|]{0,120}-d[^\\n|]{0,120}\\|\\s{0,3}(?:${SHELL}))`,
      "i",
    ),
    back: [0, 60],
    references: ["T1027", "T1140", "ASI05"],
  },
  {
    id: "destructive",
    title: "A command that destroys what cannot be brought back",
    severity: "critical",
    confidence: 0.88,
    keywords: any(
      "rm - ~ rm\t- ~ mkfs ~ of=/dev/ ~ > /dev/sd ~ >/dev/sd ~ > /dev/nvme ~ wipefs ~ shred ~ :(){ ~ -delete ~ del /s ~ del /f ~ rd /s ~ rmdir /s ~ remove-item ~ format c: ~ vssadmin ~ eraseDisk ~ shutil.rmtree ~ rimraf ~ cipher /w ~ --no-preserve-root ~ find / ~ chmod -r ~ chown -r ~ wbadmin ~ bcdedit ~ shadowcopy ~ zap-all ~ initialize-disk ~ sysrq-trigger ~ rmsync( ~ rmdirsync( ~ usn deletejournal ~ unlink glob",
    ),
    pattern: DESTRUCTIVE,
    back: [0, 60],
    references: ["T1485", "T1561", "ASI02"],
  },
  {
    id: "destructive",
    title: "A command that destroys what cannot be brought back",
    severity: "critical",
    confidence: 0.88,
    keywords: any(
      "mv / ~ mke2fs ~ lvremove ~ vgremove ~ zpool destroy ~ zfs destroy ~ if=/dev/zero ~ if=/dev/urandom ~ cryptsetup ~ mv ~ > /etc/ ~ kill -9 -1 ~ kill -kill -1 ~ sgdisk ~ blkdiscard ~ parted ~ diskpart ~ clear-disk ~ format-volume ~ fs.rm( ~ () { ~ (){ ~ rmtree( ~ crontab -r ~ fsutil",
    ),
    pattern: DESTRUCTIVE,
    // Ordinary words that stand where the match begins: tried there only.
    back: [0, 16],
    references: ["T1485", "T1561", "ASI02"],
  },
  {
    id: "destructive-data",
    title: "A command that deletes data or infrastructure",
    severity: "medium",
    confidence: 0.6,
    keywords: any(
      "drop database ~ drop table ~ drop schema ~ truncate table ~ delete from ~ terraform destroy ~ delete namespace ~ delete ns ~ push --force ~ push -f ~ dropdatabase ~ flushall ~ s3 rb ~ s3 rm ~ delete-bucket ~ delete-db ~ terminate-instances ~ system prune ~ reset --hard ~ clean -fd ~ projects delete ~ group delete ~ instances delete ~ clusters delete ~ volumes delete ~ buckets delete ~ delete-cluster ~ delete-stack ~ delete-table ~ schedule-key-deletion ~ delete all ~ delete pvc ~ repo delete ~ apps:destroy ~ pg:reset ~ --delete ~ docker rm -f ~ volume prune ~ volume rm ~ delete-user ~ delete-snapshot ~ storage rm ~ gsutil ~ az vm delete ~ deleteMany({} ~ remove({})",
    ),
    pattern:
      /(?:drop\s{1,3}(?:database|schema|table)\s{1,3}\S|truncate\s{1,3}table\s|delete\s{1,3}from\s{1,3}[\w."`]{1,64}\s{0,3}(?:;|$|["'])|terraform\s{1,3}destroy\s[^\n]{0,60}-auto-approve|kubectl["'\s][^\n]{0,60}delete\s{1,3}(?:ns|namespace|--all)|push\s{1,3}(?:\S{1,60}\s{1,3}){0,3}(?:--force|-f)(?![\w-])|dropdatabase\(|flushall|s3\s{1,3}(?:rb|rm)\s[^\n]{0,120}(?:--force|--recursive)|gcloud\s[^\n]{0,60}(?:projects|instances|clusters|volumes|databases|buckets)\s{1,3}delete\s[^\n]{0,80}|(?:gsutil|storage)\s[^\n]{0,20}rm\s[^\n]{0,20}-r|az\s[^\n]{0,40}delete\s[^\n]{0,120}(?:--yes|-y\b)|aws\s[^\n]{0,20}(?:delete-(?:cluster|stack|table|user|snapshot|db-cluster)|schedule-key-deletion)|kubectl\s[^\n]{0,40}delete\s{1,3}(?:all|pvc?|deployments?|nodes?|crds?)\s[^\n]{0,40}--all|gh\s{1,3}repo\s{1,3}delete|apps:destroy|pg:reset|push\s[^\n]{0,60}(?:--delete|\s:)\s{0,3}(?:origin\s{1,3})?(?:main|master|release|production)\b|docker\s{1,3}(?:rm|rmi|kill)\s[^\n]{0,20}\$\(docker|volume\s{1,3}(?:prune|rm)\s[^\n]{0,20}(?:-f|\$\()|(?:deleteMany|remove)\(\{\}|delete-bucket|delete-db-instance[^\n]{0,80}skip-final|terminate-instances|system\s{1,3}prune\s[^\n]{0,30}(?:-a|--all|--volumes))/i,
    back: [0, 30],
    references: ["T1485", "ASI02"],
  },
  {
    id: "credential-read",
    title: "A credential store is read",
    severity: "high",
    confidence: 0.82,
    keywords: any(
      ".ssh ~ id_rsa ~ id_ed25519 ~ id_ecdsa ~ .aws/ ~ .aws\\ ~ .netrc ~ .npmrc ~ .pypirc ~ .docker/config ~ .kube/config ~ .git-credentials ~ .gnupg ~ .env ~ gcloud ~ gh/hosts ~ .azure/ ~ application_default ~ .credentials ~ .clawdbot ~ .openclaw ~ .codex/auth ~ mcp.json ~ wallet.dat ~ _history ~ login data ~ logins.json ~ cookies.sqlite ~ etc/shadow ~ etc/sudoers ~ /environ ~ .vault-token ~ keychains ~ password-store ~ serviceaccount/token ~ krb5.keytab ~ etc/gshadow ~ ssl/private",
    ),
    pattern: new RegExp(
      `(?<![\\w-])(?:(?:cat|sqlite3|less|more|head|tail|grep|awk|sed|cp|scp|rsync|base64|xxd|strings|type|get-content|gc|tar|zip|7z|open|readfile(?:sync)?|read_text|read_file|readall|source|curl[^\\n]{0,80}@|mv|od|nl|tac|dd if=|vim?|nano|print|cut)\\b[^\\n;|&]{0,100}?)${SECRET_FILE}`,
      "i",
    ),
    back: [0, 130],
    references: ["T1552.001", "ASI02"],
  },
  {
    id: "credential-store",
    title: "A system's secrets are extracted",
    severity: "high",
    confidence: 0.9,
    keywords: any(
      "find-generic-password ~ find-internet-password ~ dump-keychain ~ mimikatz ~ sekurlsa ~ lsass ~ comsvcs ~ minidump ~ computemetadata ~ 169.254.169.254 ~ 169.254.170.2 ~ hklm\\sam ~ hklm\\system ~ secretsdump ~ ntds.dit ~ lazagne ~ get-secret-value ~ cmdkey /list ~ vaultcmd ~ export-secret-keys ~ ntdsutil ~ .kdbx ~ pypykatz ~ hashdump ~ samdump ~ gsecdump ~ nanodump ~ /mem ~ key=clear ~ create-access-key ~ dploot ~ sharpdpapi ~ chromepass",
    ),
    pattern: CREDENTIAL_STORE,
    back: [0, 90],
    references: ["T1003", "T1555"],
  },
  {
    id: "credential-store",
    title: "A system's secrets are extracted",
    severity: "high",
    confidence: 0.9,
    keywords: any("get secrets ~ get secret  ~ grep  ~ find  ~ findstr ~ gcore ~ reg query ~ select-string"),
    pattern: CREDENTIAL_STORE,
    // Ordinary words that stand where the match begins: tried there only.
    back: 0,
    references: ["T1003", "T1555"],
  },
  {
    id: "exfiltration",
    title: "Local data sent to another machine",
    severity: "critical",
    confidence: 0.9,
    keywords: any(
      "curl ~ wget ~ nc ~ ncat ~ scp ~ rsync ~ nslookup ~ dig  ~ requests.post ~ fetch( ~ invoke-webrequest ~ invoke-restmethod ~ printenv ~ env | ~ sendbeacon ~ urlopen ~ axios.post ~ ping  ~ host $( ~ host `",
    ),
    pattern: new RegExp(
      `(?:(?:curl|wget)\\s(?=[^\\n]{0,400}(?:-d|-F|-T|--data[\\w-]{0,12}|--form|--upload-file|--post-file|--post-data|--json)[ =]{0,2}["']{0,2}[^\\n]{0,200}(?:[@=](?:${SECRET_FILE}|\\/etc\\/passwd)|\\$\\((?:cat|env|printenv|base64|tar|gzip|find|ls|whoami|hostname|history)|\`(?:cat|env|printenv|base64)|@-|\\$\\{?(?:AWS_SECRET|OPENAI_API|ANTHROPIC_API|GITHUB_TOKEN|GH_TOKEN|API_KEY|SECRET|TOKEN|PASSWORD|HISTFILE)))[^\\n]{5,400}|(?:printenv|env|set)\\s{0,3}\\|\\s{0,3}(?:[^|\\n]{1,60}\\|\\s{0,3}){0,2}(?:curl|wget|nc|ncat)|(?<![\\w-])(?:nslookup|dig|host|ping)\\s[^\\n]{0,60}(?:\\$\\([^\\n]{2,200}\\)|\`[^\`\\n]{2,200}\`)["']?\\.[\\w$]|(?:nc|ncat)\\s[^\\n|]{3,80}<\\s{0,2}${SECRET_FILE}|(?:scp|rsync)\\s[^\\n]{0,80}${SECRET_FILE}[^\\n]{0,80}\\s\\S{1,80}:|(?:requests\\.post|axios\\.post|fetch|urlopen)\\([^\\n]{0,300}(?:os\\.environ|process\\.env|open\\([^\\n)]{0,60}(?:\\.ssh|\\.env|\\.aws|id_rsa|credentials)))`,
      "i",
    ),
    references: ["T1041", "T1567", "ASI02"],
  },
  {
    id: "archive-and-send",
    title: "Files packed and sent in one breath",
    severity: "high",
    confidence: 0.85,
    keywords: any("| curl ~ |curl ~ | nc ~ |nc ~ | ncat ~ | wget ~ | ssh "),
    // The pipe is where to look from; what comes before it is asked last, or a row of pipes would be read again for each of them.
    pattern:
      /\|\s{0,3}(?:(?:curl|wget)(?=\s)[^\n|]{0,200}?(?:\s-[dFT]|--data|--upload|--post|@-)|(?:nc|ncat)\s{1,3}(?:-\w{1,5}\s{1,3}){0,3}[\w.-]{3,120}\s{1,3}\d{1,5}|ssh\s[^\n|]{3,160}?\bcat\s{0,3}>)(?<=(?<![\w-])(?:tar|zip|gzip|cat|find|base64|xxd|ls|ps|history|env|printenv|mysqldump|pg_dump|sqlite3)\b[^\n;]{1,520})/i,
    references: ["T1560", "T1041"],
  },
  {
    id: "persistence",
    title: "Something that stays after the session",
    severity: "high",
    confidence: 0.82,
    keywords: any(
      "crontab ~ /etc/cron ~ systemctl enable ~ /etc/systemd ~ systemd/user ~ .bashrc ~ .zshrc ~ .bash_profile ~ .profile ~ .zprofile ~ launchctl ~ launchagents ~ launchdaemons ~ schtasks ~ currentversion\\run ~ authorized_keys ~ rc.local ~ ld.so.preload ~ ld_preload= ~ dyld_insert ~ scheduledtask ~ start menu\\programs\\startup ~ .git/hooks ~ hookspath ~ .target.wants ~ init.d ~ at now ~ binpath ~ process call create ~ -itemproperty ~ insmod ~ modprobe ~ /etc/hosts",
    ),
    pattern:
      /(?:\|\s{0,3}crontab\s{0,3}-?|crontab\s{1,3}(?:-[^lre\s]\S{0,20}|\/|\S{1,60}\.(?:txt|cron))|>{1,2}\s{0,3}["']?\/etc\/(?:cron[\w.]{0,12}|systemd|rc\.local|init\.d|profile|ld\.so\.preload)|(?:tee|cp|mv|install)\s[^\n]{0,100}\/etc\/(?:cron|systemd\/system|init\.d|profile\.d|rc\.local|ld\.so)|systemctl\s{1,3}(?:--user\s{1,3})?enable\s|>{1,2}\s{0,3}["']?(?:~|\$HOME|\/home\/\w{1,32}|\/root)?\/?\.(?:bashrc|zshrc|bash_profile|profile|zprofile|zshenv)|(?:tee\s{1,3}-a|sed\s{1,3}-i)[^\n]{0,120}\.(?:bashrc|zshrc|bash_profile|profile|zprofile)|launchctl\s{1,3}(?:load|bootstrap)|(?:>|cp|mv|tee)[^\n]{0,100}Launch(?:Agents|Daemons)|schtasks(?:\.exe)?\s{1,3}\/create|currentversion\\run\b[^\n]{0,80}\/v|register-scheduledtask|process\s{1,3}call\s{1,3}create|(?:new|set)-itemproperty\s[^\n]{0,100}currentversion\\run|>{1,2}\s{0,3}["']?\S{0,80}authorized_keys|(?:tee|cp|mv|install)\s[^\n]{0,80}authorized_keys|core\.hooksPath\s{1,3}["']?(?:\/tmp|\/var\/tmp|\/dev\/shm|~\/\.)|ln\s{1,3}-\w{1,4}\s[^\n]{0,100}\.target\.wants|(?:>|cp|mv)[^\n]{0,80}(?:programs\\startup|\.git\/hooks\/)|sc(?:\.exe)?\s{1,3}(?:\\\\\S{1,60}\s)?(?:create|config)\s[^\n]{1,80}binpath\s?=|insmod\s{1,3}\S{0,60}(?:\/tmp|\/dev\/shm|\/var\/tmp|\.\/)?\S{1,60}\.ko\b|(?:LD_PRELOAD|DYLD_INSERT_LIBRARIES)=["']?(?:\/tmp|\/dev\/shm|\/var\/tmp|\.\/|~)|\|\s{0,3}at\s{1,3}now|>{2}\s{0,3}\/etc\/hosts|\.git\/hooks\/[a-z-]{3,24}["']?\s{0,3}(?:<<|&&\s{0,3}chmod))/i,
    back: [0, 130],
    references: ["T1053", "T1543", "T1546", "ASI05"],
  },
  {
    id: "privilege",
    title: "More rights than the task has",
    severity: "high",
    confidence: 0.82,
    keywords: any(
      "u+s ~ chmod +s ~ chmod g+s ~ chmod ug+s ~ etc/passwd ~ etc/sudoers ~ :/host ~ :/mnt ~ /:/ ~ -perm - ~ hostpid ~ chmod 4 ~ chmod 2 ~ chmod 6 ~ setcap ~ nopasswd ~ --privileged ~ -v /: ~ nsenter ~ cluster-admin ~ usermod ~ useradd ~ net user ~ net localgroup ~ visudo ~ docker.sock ~ attach-user-policy ~ administratoraccess",
    ),
    pattern:
      /(?:find\s{1,3}\/\S{0,20}\s[^\n]{0,40}-perm\s{1,3}[-/](?:u=s|[246]000)|["']hostPID["']\s?:\s?true|["']privileged["']\s?:\s?true|(?:>{2}|tee\s[^\n]{0,40})\s{0,3}\/etc\/(?:passwd|sudoers)|docker[^\n]{0,200}["' ]\/:\/\w|chmod\s{1,3}(?:[ugoa]{0,3}\+\w{0,2}s|[24]7[0-7]{2}|[46]755)\s|setcap\s{1,3}cap_|nopasswd\s?:\s?all|docker\s[^\n]{0,120}(?:--privileged|-v\s{0,2}\/:|--pid=host)|nsenter\s[^\n]{0,60}(?:-t\s?1|--target)|clusterrole=cluster-admin|usermod\s[^\n]{0,40}-\w{0,3}G\s{1,3}(?:sudo|wheel|docker|root|admin)|useradd\s[^\n]{0,60}-o\s{1,3}-u\s{1,3}0|net\s{1,3}localgroup\s{1,3}administrators\s[^\n]{1,60}\/add|net\s{1,3}user\s[^\n]{1,60}\/add|-v\s{0,2}\/var\/run\/docker\.sock|policy\/AdministratorAccess)/i,
    back: [0, 130],
    references: ["T1548", "T1611"],
  },
  {
    id: "defence-evasion",
    title: "Guards, logs or checks switched off",
    severity: "high",
    confidence: 0.8,
    keywords: any(
      "history -c ~ histfile ~ /var/log ~ auditctl ~ auditd ~ setenforce 0 ~ ufw disable ~ iptables -f ~ disablerealtime ~ advfirewall ~ master-disable ~ com.apple.quarantine ~ -u https_proxy ~ unset http ~ no_proxy=* ~ tls_reject_unauthorized ~ csrutil disable ~ wevtutil ~ clear-eventlog ~ executionpolicy ~ chattr +i ~ vacuum-time ~ exclusionpath ~ exclusionprocess ~ bash_history ~ zsh_history ~ ssl_no_verify ~ http.sslverify ~ amsi",
    ),
    pattern: DEFENCE_EVASION,
    back: [0, 60],
    references: ["T1562", "T1070"],
  },
  {
    id: "defence-evasion",
    title: "Guards, logs or checks switched off",
    severity: "high",
    confidence: 0.8,
    keywords: any("sc stop ~ sc config ~ set-mppreference ~ truncate -s ~ systemctl ~ histsize=0 ~ shred ~ killall ~ pkill"),
    pattern: DEFENCE_EVASION,
    // Ordinary words that stand where the match begins: tried there only.
    back: 0,
    references: ["T1562", "T1070"],
  },
  {
    id: "agent-control",
    title: "An agent's own guards or memory changed",
    severity: "high",
    confidence: 0.82,
    keywords: any(
      "dangerously-skip-permissions ~ --yolo ~ bypasspermissions ~ autoapprove ~ auto-approve ~ .mcp.json ~ mcp.json ~ settings.json ~ claude.md ~ agents.md ~ .cursorrules ~ soul.md ~ memory.md ~ gemini.md ~ copilot-instructions ~ --dangerously ~ danger-full-access ~ approval_policy ~ settings.local.json",
    ),
    pattern:
      /(?:--dangerously-(?:skip-permissions|bypass\w{0,40}|bypass-approvals-and-sandbox)|--yolo\b|["']?(?:permissionMode|defaultMode)["']?\s?[:=]\s?["']bypassPermissions|bypassPermissions|["']autoApprove["']\s?:\s?(?:\[\s?["']|true)|--sandbox[ =]danger-full-access|approval_policy\s?=\s?["']never|(?:>{1,2}|tee(?:\s{1,3}-a)?|sed\s{1,3}-i\S{0,4}|cp|mv|write\w{0,10}\(|open\([^\n]{0,60}["'](?:w|a)|echo\s[^\n]{1,300}>{1,2}|append\w{0,10})\s{0,3}[^\n|;]{0,80}(?:\.mcp\.json|\.cursor\/mcp\.json|\.claude\/settings(?:\.local)?\.json|CLAUDE\.md|AGENTS\.md|GEMINI\.md|\.cursorrules|SOUL\.md|MEMORY\.md|copilot-instructions\.md|\.vscode\/settings\.json))/i,
    back: [0, 160],
    references: ["T1562.001", "ASI06", "ASI10"],
  },
  {
    id: "install-from-url",
    title: "A package from outside its registry",
    severity: "medium",
    confidence: 0.65,
    keywords: any(
      "pip install ~ pip3 install ~ npm install ~ npm i ~ npx ~ yarn add ~ pnpm add ~ gem install ~ cargo install ~ easy_install ~ uv pip ~ uvx ~ dpkg -i ~ rpm -i ~ msiexec ~ go install ~ brew install ~ extra-index-url ~ --index-url ~ --registry",
    ),
    pattern:
      /(?:(?:pip3?|uv pip|uvx|easy_install)\s[^\n;|&]{0,100}(?:git\+|https?:\/\/)(?!(?:[\w.-]{1,60}\.)?(?:(?:pypi|pythonhosted)\.[a-z]{2,6}|github\.com|download\.pytorch\.org))[\w.-]{3,100}|(?:--extra-index-url|--index-url|-i)[ =]["']?https?:\/\/(?!(?:[\w.-]{1,60}\.)?(?:pypi\.[a-z]{2,6}|pytorch\.org|tsinghua\.edu\.cn|aliyun\.com|nvidia\.com))[\w.-]{3,100}|(?:npm|npx|yarn|pnpm)\s[^\n;|&]{0,60}(?:https?:\/\/(?!(?:[\w.-]{1,60}\.)?(?:npmjs\.[a-z]{2,6}|github\.com))[\w.-]{3,100}|--registry[ =]["']?https?:\/\/(?!(?:[\w.-]{1,60}\.)?(?:(?:npmjs|npmmirror|yarnpkg)\.[a-z]{2,6}))[\w.-]{3,100})|(?:dpkg|rpm)\s{1,3}-i\s[^\n]{0,40}https?:|msiexec\s[^\n]{0,40}https?:|gem\s{1,3}install\s[^\n]{0,60}--source\s{1,3}http)/i,
    back: [0, 60],
    references: ["T1195", "ASI04"],
  },
  {
    id: "shell-escape",
    title: "A shell started from inside another tool",
    severity: "high",
    confidence: 0.75,
    keywords: any(
      "/bin/sh ~ /bin/bash ~ /bin/dash ~ /bin/zsh ~ :!sh ~ :!bash ~ !/bin ~ -exec sh ~ -exec bash ~ checkpoint-action ~ sh # ~ proxycommand ~ -z root ~ os.execl ~ os.execv ~ \\! ~ 'sh' ~ \"sh\" ~ exec sh",
    ),
    pattern:
      /(?:-exec(?:dir)?\s{1,3}(?:\/bin\/)?(?:ba|da|z|k|c)?sh(?:\s{1,3}-[pi]{1,2})?\s{0,3}(?:\\?;|\\$|\+|$)|(?:system|exec|popen|spawn|execute|shell_exec|passthru|os\.exec[lv]p?e?|pty\.spawn|Popen|call|run)\s{0,3}\(?\s{0,3}\[?\s{0,3}["'](?:exec\s{1,3})?(?:\/bin\/)?(?:ba|da|z|k|c)?sh(?:\s-[pi])?["']|["':\s]!{1,2}\s{0,2}(?:\/bin\/)(?:ba|da|z|k|c)?sh\b|:!\s{0,2}(?:ba|da|z|k)?sh\b|:set\s{1,3}shell=|checkpoint-action=exec=|-TT\s{1,3}["']?(?:\/bin\/)?(?:ba)?sh|ProxyCommand=["']?\s{0,2};|\s-z\s{1,3}\S{1,60}\s{1,3}-Z\s{1,3}root|(?:man|git|less|more|psql|systemctl|journalctl)\s[^\n;|&]{0,40}-P\s{1,3}(?:\/bin\/)?(?:ba)?sh|\s-e\s{1,3}["']?(?:\/bin\/)?(?:ba)?sh\s{1,3}-c\s{1,3}["']{1,2}sh\s|\\!\s{0,2}\/bin\/(?:ba)?sh|sudo\s{1,3}(?:-u\s{1,3}\S{1,32}\s{1,3})?(?:env|nice|timeout\s\S{1,6}|stdbuf\s\S{1,6}|strace|ltrace|ionice|time|taskset\s\S{1,6}|setarch\s\S{1,16}|flock\s\S{1,10}|unshare|logsave\s\S{1,20}|xargs|watch\s-x|script\s-q\S{0,3}|rlwrap|expect\s-c|busybox|nohup|setsid|chroot\s\/)\s{1,3}(?:[^\n;|&]{0,20}\s)?(?:\/bin\/)?(?:ba|da|z)?sh(?:\s-p)?\s{0,3}["']?$|sudo\s{1,3}(?:nano|pico|vi|vim|view)\s{1,3}-s\s{1,3}\/bin\/(?:ba)?sh)/im,
    back: [0, 60],
    references: ["T1548", "T1059.004"],
  },
  {
    id: "crypto-miner",
    title: "A coin miner",
    severity: "high",
    confidence: 0.9,
    keywords: any("xmrig ~ stratum+ ~ minerd ~ cpuminer ~ nanopool ~ minexmr ~ supportxmr"),
    pattern: /(?:xmrig|stratum\+(?:tcp|ssl):|minerd\b|cpuminer|nanopool\.org|minexmr|supportxmr)/i,
    references: ["T1496"],
  },
]
