// Every name is this machine: the SDKs keep their own base addresses. Loaded before the client.
import dns from "node:dns"

dns.lookup = (_host, options, done) => {
  const callback = typeof options === "function" ? options : done
  if (typeof options === "object" && options.all) callback(null, [{ address: "127.0.0.1", family: 4 }])
  else callback(null, "127.0.0.1", 4)
}
