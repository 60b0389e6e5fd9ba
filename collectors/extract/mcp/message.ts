// JSON-RPC 2.0 messages of a body. Only the top level counts: JSON-RPC quoted inside a string or a model's transcript is somebody else's.
import type { Piece } from "../body.ts"
import { isObject, type Json, type JsonObject, obj, str } from "../json/read.ts"

export interface RpcMessage {
  /** Undefined for notifications. */
  readonly id: string | undefined
  /** Undefined for responses. */
  readonly method: string | undefined
  readonly params: JsonObject
  /** The whole result, also when it is no object; undefined for requests and errors. */
  readonly result: Json | undefined
  readonly error: { readonly code: number; readonly message: string; readonly data: Json | undefined } | undefined
  readonly body: JsonObject
}

/** One message, or the messages of a batch (allowed by the revision of 2025-03-26 only, seen from others too). */
export function rpcMessages(value: Json | undefined): RpcMessage[] {
  const items = Array.isArray(value) ? value.slice(0, MAX_BATCH) : [value]
  return items.flatMap((item: Json | undefined) => (isObject(item) ? (rpcMessage(item) ?? []) : []))
}

export function rpcOfPieces(pieces: readonly Piece[]): { readonly message: RpcMessage; readonly piece: Piece; readonly index: number }[] {
  return pieces.flatMap((piece, index) => rpcMessages(piece.data).map((message) => ({ message, piece, index })))
}

function rpcMessage(value: JsonObject): RpcMessage | undefined {
  if (value["jsonrpc"] !== "2.0") return undefined
  const method = str(value, "method")
  const error = obj(value, "error")
  if (method === undefined && error === undefined && value["result"] === undefined) return undefined
  return {
    id: idOf(value["id"]),
    method,
    params: obj(value, "params") ?? {},
    result: value["result"],
    error:
      error === undefined
        ? undefined
        : { code: typeof error["code"] === "number" ? error["code"] : 0, message: str(error, "message") ?? "", data: error["data"] },
    body: value,
  }
}

function idOf(id: Json | undefined): string | undefined {
  if (typeof id === "string") return id.slice(0, MAX_ID)
  return typeof id === "number" ? String(id) : undefined
}

const MAX_BATCH = 1_000
const MAX_ID = 256
