// What a program in Go makes of a Keep's certificate: certificate_peer ROOT.pem INTERMEDIATE.pem LEAF.pem CRL.der DNS-NAME prints what
// the certificate says, as JSON, and the EAR in it; or ends with 1 where the chain, the name, a purpose or the list does not verify.
package main

import (
	"crypto/x509"
	"encoding/asn1"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"time"
)

func need(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func file(path string) []byte {
	content, err := os.ReadFile(path)
	need(err)
	return content
}

func certificate(path string) *x509.Certificate {
	block, _ := pem.Decode(file(path))
	if block == nil {
		need(fmt.Errorf("%s is no PEM", path))
	}
	out, err := x509.ParseCertificate(block.Bytes)
	need(err)
	return out
}

// draft-ietf-rats-msg-wrap: a record [type, base64url, 8] as JSON in a UTF8String.
func ear(leaf *x509.Certificate) string {
	cmw := asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 35}
	for _, extension := range leaf.Extensions {
		if !extension.Id.Equal(cmw) {
			continue
		}
		var text string
		rest, err := asn1.UnmarshalWithParams(extension.Value, &text, "utf8")
		need(err)
		var record []any
		need(json.Unmarshal([]byte(text), &record))
		if len(rest) != 0 || len(record) != 3 || record[0] != "application/eat+jwt" || record[2] != float64(8) {
			need(fmt.Errorf("no attestation result: %s", text))
		}
		token, err := base64.RawURLEncoding.DecodeString(record[1].(string))
		need(err)
		return string(token)
	}
	return ""
}

func main() {
	root, intermediate, leaf := certificate(os.Args[1]), certificate(os.Args[2]), certificate(os.Args[3])
	roots, between := x509.NewCertPool(), x509.NewCertPool()
	roots.AddCert(root)
	between.AddCert(intermediate)
	for _, usage := range []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth} {
		_, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, DNSName: os.Args[5], KeyUsages: []x509.ExtKeyUsage{usage}})
		need(err)
	}
	list, err := x509.ParseRevocationList(file(os.Args[4]))
	need(err)
	need(list.CheckSignatureFrom(intermediate))
	if time.Now().After(list.NextUpdate) {
		need(fmt.Errorf("the list is old"))
	}
	revoked := false
	for _, entry := range list.RevokedCertificateEntries {
		revoked = revoked || entry.SerialNumber.Cmp(leaf.SerialNumber) == 0
	}
	uris := []string{}
	for _, each := range leaf.URIs {
		uris = append(uris, each.String())
	}
	out, err := json.Marshal(map[string]any{"dns": leaf.DNSNames, "uris": uris, "hours": leaf.NotAfter.Sub(time.Now()).Hours(), "revoked": revoked,
		"ou": leaf.Subject.OrganizationalUnit, "authority": leaf.IsCA, "ear": ear(leaf)})
	need(err)
	fmt.Println(string(out))
}
