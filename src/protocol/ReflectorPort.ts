/**
 * Ports of services that answer an unknown datagram: a HELLO with such a source port is forged, to let a server and the service send
 * to each other (RFC 9000 §21.5). No client has one of them: systems choose from 32768 or 49152 on.
 */

const ports: ReadonlySet<number> = new Set([
  0, // reserved
  7, // echo
  13, // daytime
  17, // quote of the day
  19, // chargen
  53, // DNS
  69, // TFTP
  111, // portmapper
  123, // NTP
  137, // NetBIOS name service
  138, // NetBIOS datagrams
  161, // SNMP
  389, // LDAP
  500, // IKE
  520, // RIP
  1194, // OpenVPN
  1900, // SSDP
  3283, // Apple remote desktop
  3478, // STUN
  3702, // WS-Discovery
  5060, // SIP
  5351, // NAT-PMP
  5353, // multicast DNS
  5683, // CoAP
  10_001, // Ubiquiti discovery
  11_211 // memcached
])

/** Whether a server ignores handshakes from this source port. */
export const isReflectorPort = (port: number): boolean => ports.has(port)
