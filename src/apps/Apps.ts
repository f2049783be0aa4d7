/** The list of all apps, in the order of `holub app list`. */
import type { AnyApp } from "./App.ts"
import { chat } from "./chat/Chat.ts"
import { datagramChat } from "./chat/DatagramChat.ts"
import { letstalk } from "./chat/LetsTalk.ts"
import { linkedChat } from "./chat/LinkedChat.ts"
import { multicast, peer } from "./datagrams/DatagramLog.ts"
import { heartbeat } from "./datagrams/Heartbeat.ts"
import { openPort } from "./datagrams/OpenPort.ts"
import { rendezvous } from "./datagrams/Rendezvous.ts"
import { authenticate } from "./dialogues/Authenticate.ts"
import { calculator } from "./dialogues/Calculator.ts"
import { echo } from "./dialogues/Echo.ts"
import { guess } from "./dialogues/Guess.ts"
import { hello } from "./dialogues/Hello.ts"
import { helloHttp } from "./dialogues/HelloHttp.ts"
import { identify } from "./dialogues/Identify.ts"
import { palindrome } from "./dialogues/Palindrome.ts"
import { paperStoneScissors } from "./dialogues/PaperStoneScissors.ts"
import { sink } from "./dialogues/Sink.ts"
import { sum } from "./dialogues/Sum.ts"
import { total } from "./dialogues/Total.ts"
import { bingo } from "./games/Bingo.ts"
import { words } from "./games/Words.ts"

export const apps: ReadonlyArray<AnyApp> = [
  // TCP 8005
  hello,
  calculator,
  guess,
  paperStoneScissors,
  sum,
  total,
  helloHttp,
  sink,
  letstalk,
  bingo,
  // UDP 8005
  openPort,
  heartbeat,
  peer,
  multicast,
  datagramChat,
  rendezvous,
  // TCP 20002
  palindrome,
  // TCP 30003
  words,
  // TCP 2000
  linkedChat,
  // TCP 9090
  echo,
  identify,
  authenticate,
  // TCP 2323
  chat
]

/** The app with this name. */
export const named = (name: string): AnyApp | undefined => apps.find((app) => app.name === name)
