// What a destination does with a batch. The answer is data: what arrived, what is worth another try, what never will be.
import type { SocRecord } from "./record.ts"

export type Sent =
  | {
      readonly outcome: "delivered" /** Indices the receiver refused for good, with its reason. */
      readonly dead?: readonly { readonly index: number; readonly reason: string }[] /** Indices the receiver could not take now. */
      readonly again?: readonly number[]
    }
  | { readonly outcome: "retry"; readonly reason: string /** Milliseconds the receiver asked us to wait. */; readonly after?: number }
  | { readonly outcome: "refused"; readonly reason: string }

export interface Sender {
  /** Most records that one request can carry, where the receiver sets a limit. */
  readonly most?: number
  /** Never throws for the receiver's faults. */
  send(records: readonly SocRecord[]): Promise<Sent>
  close(): Promise<void>
}

export interface SenderOptions {
  /** Of Egret, as records tell it. */
  readonly version: string
  /** Milliseconds since the epoch. */
  readonly now: () => number
}
