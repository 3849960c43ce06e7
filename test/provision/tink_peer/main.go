// Opens or seals standard input as Tink in Go does: AES-GCM-HKDF streaming, AES-256, segments of 1 MiB.
//
//	tink_peer open|seal KEY DATA     in hexadecimal
package main

import (
	"encoding/hex"
	"io"
	"log"
	"os"

	"github.com/tink-crypto/tink-go/v2/streamingaead/subtle"
)

func must[T any](value T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return value
}

func main() {
	key, data := must(hex.DecodeString(os.Args[2])), must(hex.DecodeString(os.Args[3]))
	cipher := must(subtle.NewAESGCMHKDF(key, "SHA256", 32, 1<<20, 0))
	if os.Args[1] == "open" {
		must(io.Copy(os.Stdout, must(cipher.NewDecryptingReader(os.Stdin, data))))
		return
	}
	out := must(cipher.NewEncryptingWriter(os.Stdout, data))
	must(io.Copy(out, os.Stdin))
	if err := out.Close(); err != nil {
		log.Fatal(err)
	}
}
