/** A client of rooms at a model server, whose messages arrive in the turn in which they are sent. */
import type { RunningClient } from "../../../src/cli/room/RunningClient.ts"
import type { ClientEvent } from "../../../src/protocol/conversation/client/ClientView.ts"
import { RoomsClient } from "../../../src/protocol/conversation/client/RoomsClient.ts"
import { ModelConnection, ModelServer, room } from "../../protocol/conversation/client/modelServers.ts"

export interface ModelClient extends RunningClient {
  readonly server: ModelServer
  readonly client: RoomsClient
  /** Receives the events of each turn. */
  onTurn: (events: ReadonlyArray<ClientEvent>) => void
  /** Somebody else says something. */
  readonly say: (text: string) => void
}

/** A guest `ala` in the room `hall` of `alpha`. */
export const modelClient = (): ModelClient => {
  const server = new ModelServer("alpha")
  const client = new RoomsClient("ala-1")
  const connection = new ModelConnection(server)
  let isBusy = false
  let posts = 0
  const exchange = (): void => {
    if (isBusy) return
    isBusy = true
    const deliver = (): void => {
      for (let message = connection.toClient.shift(); message !== undefined; message = connection.toClient.shift()) {
        client.receive(message, 0)
      }
    }
    deliver()
    for (let message = client.pollTransmit(0); message !== undefined; message = client.pollTransmit(0)) {
      connection.toServer.push(message)
      connection.handleOne()
      deliver()
    }
    isBusy = false
    const events = client.pollEvents()
    if (events.length > 0) model.onTurn(events)
  }
  const model: ModelClient = {
    server,
    client,
    onTurn: () => {},
    act: (command) => {
      const result = command(client, 0)
      exchange()
      return result
    },
    say: (text) => {
      server.post({ author: "bo@beta", device: "bo-1" }, { n: ++posts, kind: "said", body: { text } })
      exchange()
    }
  }
  client.connecting("alpha")
  client.openRoom(room)
  client.connected({ as: "guest", nick: "ala" })
  return model
}
