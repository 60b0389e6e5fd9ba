// What looks like a credential and is none: ids, hashes, manuals' samples, lookups, placeholders, code. Written without a look at the rules.
import type { Random } from "./random.ts"

export const notSecrets: readonly ((random: Random) => string)[] = [
  (r) => `commit ${r.hex(40)}\nAuthor: Dana <dana@corp-tools.net>\nDate:   Tue Mar 3 10:11:12 2026 +0100\n\n    Fix retry\n`,
  (r) => `"resolved": "https://registry.npmjs${"."}org/left-pad/-/left-pad-1.3.0.tgz",\n"integrity": "sha512-${r.b64(86)}=="`,
  (r) => `left-pad@^1.3.0:\n  version "1.3.0"\n  resolved "https://registry.yarnpkg${"."}com/left-pad/-/left-pad-1.3.0.tgz#${r.hex(40)}"\n`,
  (r) => `{"id":"${r.uuid()}","parentId":"${r.uuid()}","token_count":${r.next(9_000)},"key":"${r.uuid()}"}`,
  (r) => `<script src="https://cdn.corp-tools.net/app.js" integrity="sha384-${r.b64(64)}" crossorigin="anonymous"></script>`,
  (r) => `ETag: "${r.hex(32)}-${r.next(9) + 1}"\nX-Request-Id: ${r.uuid()}\nX-Amz-Cf-Id: ${r.url64(52)}==`,
  () => `aws_access_key_id = AK${"IA"}IOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY`,
  () => `export OPENAI_API_KEY="sk-..."\nexport ANTHROPIC_API_KEY="your-api-key-here"`,
  () => `api_key = os.environ["API_KEY"]\npassword = getpass.getpass("Password: ")\ntoken = request.headers.get("Authorization")`,
  () => `const secret = process.env.JWT_SECRET ?? config.get("jwt.secret")\nconst apiKey = await vault.read("kv/data/app")`,
  () => `password: \${DB_PASSWORD}\napi_key: "{{ .Values.apiKey }}"\ntoken: <your token>\nsecret: "%(secret)s"`,
  () => `resource "aws_db_instance" "main" {\n  username = var.db_username\n  password = random_password.db.result\n}`,
  (r) => `ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ${r.b64(340)} dana@laptop`,
  (r) => `-----BEGIN PUBLIC KEY-----\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE${r.b64(28)}\n${r.b64(59)}=\n-----END PUBLIC KEY-----`,
  (r) => `-----BEGIN CERTIFICATE-----\nMIID${r.b64(60)}\n${r.b64(64)}\n${r.b64(64)}\n${r.b64(30)}==\n-----END CERTIFICATE-----`,
  (r) => `![logo](data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA${r.b64(600)}==)`,
  (r) =>
    `!function(e,t){"use strict";var n=e.key,r=t.token;function o(a,i){return a.secret===i?n:r}e.exports=o}(${r.of("abcdef", 1)},window);`,
  (r) => `sha256:${r.hex(64)}  corp/api:4.2\nDigest: sha256:${r.hex(64)}`,
  (r) => `{"next_page_token":"${r.url64(80)}","items":[{"id":"${r.an(24)}"}]}`,
  (r) => `{"access_token_url":"https://login.corp-tools.net/oauth/token","token_type":"Bearer","expires_in":3600,"request":"${r.uuid()}"}`,
  (r) => `md5(package.tar.gz) = ${r.hex(32)}\nsha1(package.tar.gz) = ${r.hex(40)}`,
  (r) => `https://cdn.corp-tools.net/assets/main.${r.hex(20)}.js?v=${r.an(12)}`,
  (r) => `https://docs.google.com/document/d/1${r.url64(43)}/edit?usp=sharing`,
  (r) => `https://www.youtube.com/watch?v=${r.url64(11)}&list=PL${r.url64(32)}`,
  (r) => `{"kty":"RSA","use":"sig","kid":"${r.url64(43)}","n":"${r.url64(342)}","e":"AQAB","alg":"RS256"}`,
  (r) => `chunk-${r.hex(8)}.js  ${r.hex(16)}  41.2 kB\nvendor-${r.hex(8)}.js  ${r.hex(16)}  201 kB`,
  () => `The password must have at least 12 characters. If you forgot your password: click "Reset password" and enter the token we sent.`,
  () =>
    `type Session = { token: string; secretKey: Uint8Array; password?: string | undefined }\nfunction hashPassword(password: string): string`,
  () =>
    `def test_login():\n    assert login(username="alice", password="wrong-password") is None\n    assert login(username="alice", password="test123") is not None`,
  () => `postgres://user:password@localhost:5432/mydb\nmongodb://username:password@host:port/database\nredis://:<password>@127.0.0.1:6379`,
  () =>
    `Authorization: Bearer <token>\nAuthorization: Bearer $TOKEN\nAuthorization: Basic {base64(user:password)}\nX-Api-Key: YOUR_API_KEY`,
  (r) => `ObjectId("${r.hex(24)}")\n{"_id":"${r.hex(24)}","accountKey":"primary","sort_key":"created_at"}`,
  (r) => `trace_id=${r.hex(32)} span_id=${r.hex(16)} parent=${r.hex(16)} sampled=true key=orders/${r.digits(6)}`,
  (r) => `arn:aws:iam::${r.digits(12)}:role/deploy arn:aws:kms:eu-west-1:${r.digits(12)}:key/${r.uuid()} i-0${r.hex(16)} vol-0${r.hex(16)}`,
  (r) => `tx 0x${r.hex(64)} from 0x${r.hex(40)} to 0x${r.hex(40)} block 1920${r.digits(4)}`,
  (r) => `go.sum: github.com/x/y v1.2.3 h1:${r.b64(43)}=\ngithub.com/x/y v1.2.3/go.mod h1:${r.b64(43)}=`,
  (r) => `requests==2.32.3 \\\n    --hash=sha256:${r.hex(64)} \\\n    --hash=sha256:${r.hex(64)}`,
  (r) => `{"choices":[{"delta":{"content":"ok"},"index":0}],"id":"chatcmpl-${r.an(29)}","system_fingerprint":"fp_${r.hex(10)}"}`,
  (r) =>
    `{"id":"msg_01${r.an(22)}","type":"message","model":"claude-sonnet-4","usage":{"input_tokens":12},"request_id":"req_011${r.an(21)}"}`,
  (r) =>
    `{"tool_calls":[{"id":"call_${r.an(24)}","type":"function","function":{"name":"get_key","arguments":"{\\"key\\":\\"user:${r.digits(5)}\\"}"}}]}`,
  (r) => `cus_${r.an(14)} pi_${r.an(24)} price_1${r.an(23)} acct_1${r.an(15)} pk_live_${r.an(24)}`,
  (r) => `__utma=1.${r.digits(9)}.${r.digits(10)}; _ga=GA1.2.${r.digits(9)}.${r.digits(10)}; csrftoken_enabled=true; theme=dark`,
  (r) => `cache key: v2-deps-${r.hex(64)}\nRestored cache from key: node-modules-${r.hex(40)}`,
  (r) => `docker pull corp/api@sha256:${r.hex(64)}\ndocker run --name api-${r.hex(6)} -e MODE=prod corp/api:4.2`,
  () =>
    `i18n: { password: "Passwort", passwordHint: "Bitte Passwort eingeben", token: "Zugangstoken", secretQuestion: "Sicherheitsfrage" }`,
  () => `input type="password" name="password" id="password" placeholder="Enter your password" autocomplete="current-password"`,
  () =>
    `<label for="apiKey">API key</label><input id="apiKey" value="{{apiKey}}"/>\nif (apiKey === undefined) throw new Error("apiKey is required")`,
  () => `secretName: app-tls\nsecretKeyRef:\n  name: db-credentials\n  key: password\nimagePullSecrets:\n  - name: registry-pull`,
  () =>
    `token = tokenizer.encode("hello")\nkeys = sorted(d.keys())\nsecret_santa = ["Ann", "Bob"]\npassword_field = driver.find_element("id", "passwd")`,
  () => `MAX_TOKENS=4096\nTOKEN_LIMIT=128000\nAPI_KEY_HEADER=X-Api-Key\nPASSWORD_MIN_LENGTH=12\nSECRET_MANAGER=gcp\nAUTH_TYPE=oauth2`,
  () =>
    `STRIPE_SECRET_KEY=sk_test_${"xxxxxxxxxxxxxxxxxxxxxxxx"}\nGITHUB_TOKEN=ghp_${"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}\nSLACK_TOKEN=xoxb-${"your-token-here"}`,
  () =>
    `[profile dev]\nsso_start_url = https://corp.awsapps.com/start\nsso_region = eu-west-1\nsso_account_id = 111122223333\nrole_arn = arn:aws:iam::111122223333:role/dev`,
  (r) => `W/"${r.hex(5)}-${r.b64(27)}"\nif-none-match: "${r.url64(27)}"\nnonce-${r.b64(22)}==`,
  (r) => `blob ${r.hex(40)} package.json\ntree ${r.hex(40)} src\nparent ${r.hex(40)}`,
  (r) => `Jira: PROJ-${r.digits(4)} build #${r.digits(5)} artifact api-4.2.0-${r.digits(14)}-${r.hex(12)}.jar (${r.digits(8)} bytes)`,
  (r) => `Object storage key: uploads/2026/03/${r.uuid()}/${r.an(32)}.pdf size=${r.digits(6)}`,
  () => `We rotate secrets every 90 days: the token lives in Vault at secret/data/payments, the key id is prod-signing-2026.`,
  () => `password = "changeme"\npasswd = "********"\nsecret = "REDACTED"\ntoken = "dummy-token"\napiKey = "example-key"`,
  () =>
    `curl -u "$USER:$PASS" https://api.corp-tools.net\ncurl -H "Authorization: Bearer \${{ secrets.GITHUB_TOKEN }}" https://api.github.com/user`,
  () => `if (password !== confirmPassword) errors.password = "Passwords do not match"\nsetPassword(event.target.value)`,
]
