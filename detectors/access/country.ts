// Country codes out of an operator's MaxMind DB file. No database is shipped: their licences do not allow it.
import { type CountryResponse, Reader } from "mmdb-lib"

/** Throws what the reader throws on a file that is none; the caller knows its name. */
export function countryLookup(database: Uint8Array): (ip: string) => string | undefined {
  const reader = new Reader<CountryResponse>(Buffer.from(database))
  return (ip) => {
    try {
      const found = reader.get(ip)
      return found?.country?.iso_code ?? found?.registered_country?.iso_code
    } catch {
      // Not an address.
      return undefined
    }
  }
}
