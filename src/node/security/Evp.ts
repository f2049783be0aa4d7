/**
 * Functions of the OpenSSL in the running Node, through koffi: contexts of AES-256-GCM, and addresses of buffers. Addresses
 * and contexts are Numbers, which koffi passes faster than arrays (some 100 ns a call). No function checks an address.
 */
import type { Koffi } from "../Koffi.ts"
import { checkKey, keyBytes } from "./PacketParameters.ts"

/** Commands of EVP_CIPHER_CTX_ctrl, as in openssl/evp.h. */
export const command = { getTag: 0x10, setTag: 0x11, setFixedIv: 0x12, tlsAssociated: 0x16 } as const

/** Values of `isSealing` and `keep` of EVP_CipherInit_ex. */
export const direction = { open: 0, seal: 1, keep: -1 } as const

/** Offsets in `scratch`: a nonce of 12 bytes, associated data of 13, an int for a length, and a key. */
export const scratchAt = { nonce: 0, associated: 16, length: 32, key: 64 } as const
const scratchBytes = 128

export interface Evp {
  /** A context of its own for the key: of AES-256-GCM, for both directions. Who creates it gives it to `free` once. */
  readonly context: (key: Uint8Array) => number
  readonly free: (context: number) => void
  /** EVP_CIPHER_CTX_ctrl. */
  readonly control: (context: number, command: number, argument: number, address: number) => number
  /** EVP_Cipher. */
  readonly cipher: (context: number, output: number, input: number, bytes: number) => number
  /** EVP_CipherInit_ex with neither cipher nor engine nor key: address of the nonce, or 0, and the direction. */
  readonly restart: (context: number, nonce: number, direction: number) => number
  /** EVP_CipherUpdate; the address of the length is that in scratch. */
  readonly update: (context: number, output: number, input: number, bytes: number) => number
  /** EVP_CipherFinal_ex; GCM writes nothing to the output. */
  readonly finish: (context: number, output: number) => number
  /**
   * Forgets the errors of this thread. OpenSSL may keep one of a failed call, and SSL_get_error, which Node's TLS calls, would
   * take it for an error of its connection.
   */
  readonly clearErrors: () => void
  /** Memory for parameters, which does not move. */
  readonly scratch: Uint8Array
  readonly scratchAddress: number
  /** A function that gives the address of an array, and keeps that of the last one. */
  readonly addresses: () => (bytes: Uint8Array) => number
}

/** Binds the functions. Throws when one is absent. */
export const make = (koffi: Koffi): Evp => {
  const library = koffi.load(null)
  const create = library.func("uintptr_t EVP_CIPHER_CTX_new()")
  const free = library.func("void EVP_CIPHER_CTX_free(uintptr_t context)")
  const cipherOf = library.func("uintptr_t EVP_aes_256_gcm()")
  const init = library.func(
    "int EVP_CipherInit_ex(uintptr_t context, uintptr_t cipher, uintptr_t engine, uintptr_t key, uintptr_t iv, int seal)"
  )
  const update = library.func(
    "int EVP_CipherUpdate(uintptr_t context, uintptr_t output, uintptr_t length, uintptr_t input, int bytes)"
  )
  const finish = library.func("int EVP_CipherFinal_ex(uintptr_t context, uintptr_t output, uintptr_t length)")
  const clearErrors = library.func("void ERR_clear_error()")
  const scratch = new Uint8Array(new ArrayBuffer(scratchBytes))
  const scratchAddress = addressesOf(koffi)(scratch)
  const lengthAddress = scratchAddress + scratchAt.length
  return {
    context: (key) => {
      checkKey(key)
      const context = create()
      if (context === 0) throw new Error("OpenSSL has no memory for a key")
      scratch.set(key, scratchAt.key)
      const isReady = init(context, cipherOf(), 0, scratchAddress + scratchAt.key, 0, direction.seal) === 1
      scratch.fill(0, scratchAt.key, scratchAt.key + keyBytes)
      if (isReady) return context
      free(context)
      clearErrors()
      throw new Error("OpenSSL refuses AES-256-GCM")
    },
    free,
    control: library.func("int EVP_CIPHER_CTX_ctrl(uintptr_t context, int command, int argument, uintptr_t pointer)"),
    cipher: library.func("int EVP_Cipher(uintptr_t context, uintptr_t output, uintptr_t input, uint32_t bytes)"),
    restart: (context, nonce, to) => init(context, 0, 0, 0, nonce, to),
    update: (context, output, input, bytes) => update(context, output, lengthAddress, input, bytes),
    finish: (context, output) => finish(context, output, lengthAddress),
    clearErrors,
    scratch,
    scratchAddress,
    addresses: () => addressesOf(koffi)
  }
}

/**
 * The address of an array does not change while the array exists; one whose buffer was detached has no elements, and fails the
 * check of bounds. Only the last array is kept from the garbage collector, because each received run may have another one; it
 * is compared as a whole, because the property `buffer` is slow.
 */
const addressesOf = (koffi: Koffi) => {
  let last: Uint8Array | undefined
  let address = 0
  return (bytes: Uint8Array): number => {
    if (bytes !== last) {
      const found = Number(koffi.address(bytes))
      if (!Number.isSafeInteger(found)) throw new RangeError("an address of this system is no Number")
      address = found
      last = bytes
    }
    return address
  }
}
