// What Tink in Go makes of a package's layer: package_peer open|seal KEY ASSOCIATED-DATA (both in hexadecimal) reads standard input
// and writes the text, or what Tink seals of it; ends with 1 where it does not open.
package main

import (
	"encoding/hex"
	"fmt"
	"io"
	"os"

	"github.com/tink-crypto/tink-go/v2/streamingaead/subtle"
)

func need(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func bytes(digits string) []byte {
	out, err := hex.DecodeString(digits)
	need(err)
	return out
}

func main() {
	if len(os.Args) != 4 {
		need(fmt.Errorf("package_peer open|seal KEY ASSOCIATED-DATA"))
	}
	cipher, err := subtle.NewAESGCMHKDF(bytes(os.Args[2]), "SHA256", 32, 1<<20, 0)
	need(err)
	if os.Args[1] == "seal" {
		sealed, err := cipher.NewEncryptingWriter(os.Stdout, bytes(os.Args[3]))
		need(err)
		_, err = io.Copy(sealed, os.Stdin)
		need(err)
		need(sealed.Close())
		return
	}
	text, err := cipher.NewDecryptingReader(os.Stdin, bytes(os.Args[3]))
	need(err)
	_, err = io.Copy(os.Stdout, text)
	need(err)
}
