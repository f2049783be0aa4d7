/** The least of HTTP that existing programs speak: any bytes are a request, and an answer is a status line and a body. */
import { leave, makeClient, send, show } from "../AppClient.ts"

/** An answer with these header lines. */
export const ok = (body: string, headers: ReadonlyArray<string> = []): string =>
  ["HTTP/1.1 200 OK", ...headers, "", body].join("\r\n")

/** The path of a request, without its query; undefined for bytes that are no request. */
export const pathOf = (text: string | undefined): string | undefined =>
  /^[A-Z]+ (?<path>\/[^\s?#]*)\S* HTTP\/\d/.exec(text?.slice(0, mostRequestLine) ?? "")?.groups?.["path"]

/** UTF-16 code units that are searched for a path. */
const mostRequestLine = 8192

/** UTF-16 code units of an answer that are kept; more are cut off. */
const mostAnswer = 65_536

/** Sends a plain request and shows the body of the answer at its end. */
export const client = makeClient(
  () => "",
  (answer, input) => {
    switch (input._tag) {
      case "Opened":
        return [answer, [send("GET / HTTP/1.0\r\n\r\n")]]
      case "Received":
        return [(answer + (input.text ?? "")).slice(0, mostAnswer), []]
      case "Typed":
        return [answer, []]
      case "Leaving":
        return [answer, []]
      case "Ended":
        return [answer, [show(bodyOf(answer)), leave]]
    }
  }
)

const bodyOf = (answer: string): string => {
  const end = /\r?\n\r?\n/.exec(answer)
  return end === null ? answer : answer.slice(end.index + end[0].length)
}
