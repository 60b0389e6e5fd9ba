// Errors as problem documents (RFC 9457): what happened, and how to go on.

import type { Context } from "hono"
import { HTTPException } from "hono/http-exception"

export interface Problem {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 422 | 429 | 500 | 503
  readonly title: string
  readonly detail?: string
  /** Field or parameter that is wrong. */
  readonly field?: string
}

export class ProblemError extends HTTPException {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.status, { message: problem.title })
    this.problem = problem
  }
}

export function problemResponse(context: Context, { status, ...rest }: Problem): Response {
  return context.body(JSON.stringify({ type: "about:blank", status, ...rest }), status, { "content-type": "application/problem+json" })
}
