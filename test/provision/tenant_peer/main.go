// A tenant that shares no code with Enarx: crypto/tls, its exporter and crypto/hpke of Go's standard library, and RFC 9261 written down
// once more. It judges a real Keep, hands it an application, and prints what that writes.
//
//	tenant_peer SOCKET DEPLOYMENT GRANTOR.pem PACKAGE-KEY NAME=VALUE...
package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/hmac"
	"crypto/hpke"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"hash"
	"io"
	"math/big"
	"net"
	"os"
	"sort"
	"strings"
	"time"
)

func demand(holds bool, what string, more ...any) {
	if !holds {
		fmt.Fprintf(os.Stderr, what+"\n", more...)
		os.Exit(1)
	}
}

func must[T any](value T, err error) T {
	demand(err == nil, "%v", err)
	return value
}

const attestation = 0xffa7 // cmw_attestation, for private use

type tenant struct {
	line  *tls.Conn
	state tls.ConnectionState
	hash  func() hash.Hash
	own   []byte // SubjectPublicKeyInfo of the grantor
	key   *ecdsa.PrivateKey
}

// ---- frames ----

func (t *tenant) say(kind int, body any) {
	content := encoded([]any{kind, raw(encoded(body))})
	must(t.line.Write(append(binary.BigEndian.AppendUint32(nil, uint32(len(content))), content...)))
}

func (t *tenant) hear() (uint64, any, bool) {
	var length [4]byte
	if _, err := io.ReadFull(t.line, length[:]); err != nil {
		return 0, nil, false
	}
	content := make([]byte, binary.BigEndian.Uint32(length[:]))
	must(io.ReadFull(t.line, content))
	frame := decoded(content).([]any)
	return frame[0].(uint64), frame[1], true
}

func (t *tenant) expect(kind uint64) any {
	for {
		found, body, there := t.hear()
		demand(there, "the Keep has ended the connection")
		if found == kind {
			return body
		}
		switch found {
		case 6: // a piece of the package that its host does not have, such as what is behind the end
			wanted := body.([]any)
			t.say(7, []any{wanted[0], int(wanted[1].(uint64)), []byte{}})
		case 9: // its states come between
		case 10:
			os.Stderr.Write(body.([]any)[1].([]byte)) // why it refuses
		default:
			demand(false, "frame %d in the place of %d: %v", found, kind, body)
		}
	}
}

// ---- RFC 9261 ----

func prefixed(size int, content []byte) []byte {
	length := binary.BigEndian.AppendUint32(nil, uint32(len(content)))
	return append(length[4-size:], content...)
}

func joined(parts ...[]byte) []byte { return bytes.Join(parts, nil) }

// ClientCertificateRequest (section 4): a context, ecdsa_secp256r1_sha256, and an empty cmw_attestation.
func request(context []byte) []byte {
	extensions := joined([]byte{0, 13}, prefixed(2, prefixed(2, []byte{4, 3})), []byte{attestation >> 8, attestation & 0xff, 0, 0})
	return joined([]byte{17}, prefixed(3, joined(prefixed(1, context), prefixed(2, extensions))))
}

func taken(in *[]byte, size int) []byte {
	demand(len(*in) >= size, "the authenticator is cut off")
	length := 0
	for _, each := range (*in)[:size] {
		length = length<<8 | int(each)
	}
	demand(len(*in) >= size+length, "the authenticator is cut off")
	out := (*in)[size : size+length]
	*in = (*in)[size+length:]
	return out
}

func message(in *[]byte, kind byte) (body, whole []byte) {
	before := *in
	demand(len(before) > 4 && before[0] == kind, "no message %d in the authenticator", kind)
	*in = before[1:]
	body = taken(in, 3)
	return body, before[:len(before)-len(*in)]
}

func (t *tenant) transcript(request []byte, messages ...[]byte) []byte {
	digest := t.hash()
	digest.Write(t.exported("EXPORTER-server authenticator handshake context", nil, digest.Size()))
	digest.Write(request)
	for _, each := range messages {
		digest.Write(each)
	}
	return digest.Sum(nil)
}

func (t *tenant) exported(label string, context []byte, size int) []byte {
	return must(t.state.ExportKeyingMaterial(label, context, size))
}

// The certificate and the attestation in an authenticator of this connection, for this request.
func (t *tenant) verify(request, context, authenticator []byte) (*x509.Certificate, []byte) {
	in := authenticator
	body, certificates := message(&in, 11)
	demand(bytes.Equal(taken(&body, 1), context), "the authenticator is for another request")
	list := taken(&body, 3)
	certificate := must(x509.ParseCertificate(taken(&list, 3)))
	extensions := taken(&list, 2)
	demand(len(extensions) > 2 && binary.BigEndian.Uint16(extensions) == attestation, "no attestation in the authenticator")
	extensions = extensions[2:]
	content := taken(&extensions, 2)
	demand(len(body)+len(list)+len(extensions) == 0, "more in the certificate's message than there may be")
	shown := t.state.PeerCertificates[0].RawSubjectPublicKeyInfo
	demand(bytes.Equal(certificate.RawSubjectPublicKeyInfo, shown), "another key than in the handshake")

	body, signed := message(&in, 15)
	demand(binary.BigEndian.Uint16(body) == 0x0403, "another algorithm")
	body = body[2:]
	signature := taken(&body, 2)
	over := sha256.Sum256(joined(bytes.Repeat([]byte{' '}, 64), []byte("Exported Authenticator\x00"), t.transcript(request, certificates)))
	demand(ecdsa.VerifyASN1(certificate.PublicKey.(*ecdsa.PublicKey), over[:], signature), "the signature is another one")

	body, _ = message(&in, 20)
	mac := hmac.New(t.hash, t.exported("EXPORTER-server authenticator finished key", nil, t.hash().Size()))
	mac.Write(t.transcript(request, certificates, signed))
	demand(hmac.Equal(mac.Sum(nil), body) && len(in) == 0, "Finished is another one")
	return certificate, content
}

// ---- judging ----

type evidence struct {
	identity, recipient, reportData []byte
	binding                         map[uint64]any
}

func (t *tenant) ask(purpose string) evidence {
	context := make([]byte, 32)
	rand.Read(context)
	asked := request(context)
	t.say(2, asked)
	authenticator := t.expect(3).([]byte)
	binding := t.expect(4).([]any)[0].([]byte)
	certificate, content := t.verify(asked, context, authenticator)
	record := decoded(content).([]any)
	demand(record[0] == "application/vnd.enarx.evidence.v1" && record[2] == uint64(4), "no evidence: %v", record[0])

	fields := decoded(binding).(map[uint64]any)
	identity := certificate.RawSubjectPublicKeyInfo
	digest := t.hash()
	digest.Write(identity)
	digest.Write(t.exported("Attestation", context, 32))
	own := sha256.Sum256(t.own)
	demand(fields[1] == uint64(1) && fields[3] == uint64(0), "another version, or no server")
	demand(bytes.Equal(fields[4].([]byte), identity), "evidence of another key")
	demand(bytes.Equal(fields[6].([]byte), digest.Sum(nil)), "evidence of another connection")
	demand(bytes.Equal(fields[7].([]byte), own[:]), "the Keep has seen another key than ours")
	data := sha512.Sum512(append([]byte(purpose), binding...))
	demand(bytes.Contains(record[1].([]byte), data[:]), "the evidence is not of this binding")
	return evidence{identity, fields[5].([]byte), data[:], fields}
}

// ---- granting ----

func (t *tenant) signed(kind string, payload []byte) []byte {
	header := pairs(1, -7, 3, kind, 4, t.own)
	over := sha256.Sum256(encoded([]any{"Signature1", []byte(header), []byte{}, payload}))
	r, s, err := ecdsa.Sign(rand.Reader, t.key, over[:])
	demand(err == nil, "%v", err)
	signature := append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	return append([]byte{0xd2}, encoded([]any{[]byte(header), pairs(), payload, signature})...)
}

func (t *tenant) grant(of evidence, deployment, packageKey []byte, secrets []string) []byte {
	id := sha256.Sum256(joined([]byte("enarx/v1/keep"), prefixed(2, of.identity), prefixed(2, of.recipient)))
	sort.Strings(secrets)
	named := []any{}
	for _, each := range secrets {
		name, value, _ := strings.Cut(each, "=")
		named = append(named, name, []byte(value))
	}
	payload := pairs(1, deployment, 2, id[:], 3, of.reportData, 4, packageKey, 5, pairs(named...), 6, pairs(), 7, []any{},
		8, int(time.Now().Unix()), 9, null, 10, []any{})
	message := t.signed("application/vnd.enarx.grant.v1+cbor", payload)
	padded := make([]byte, (4+len(message)+4095)/4096*4096)
	binary.BigEndian.PutUint32(padded, uint32(len(message)))
	copy(padded[4:], message)
	recipient := must(hpke.MLKEM768X25519().NewPublicKey(of.recipient))
	return must(hpke.Seal(recipient, hpke.HKDFSHA256(), hpke.AES256GCM(), append([]byte("enarx/v1/grant"), of.reportData...), padded))
}

func connected(socket, grantor string) *tenant {
	block, _ := pem.Decode(must(os.ReadFile(grantor)))
	key := must(x509.ParsePKCS8PrivateKey(block.Bytes)).(*ecdsa.PrivateKey)
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	shown := tls.Certificate{Certificate: [][]byte{must(x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key))}, PrivateKey: key}
	line := tls.Client(must(net.Dial("unix", socket)), &tls.Config{MinVersion: tls.VersionTLS13, InsecureSkipVerify: true, NextProtos: []string{"enarx-keep/1"},
		Certificates: []tls.Certificate{shown}, SessionTicketsDisabled: true})
	demand(line.Handshake() == nil, "no TLS with a Keep")
	out := &tenant{line: line, state: line.ConnectionState(), hash: sha256.New, key: key, own: must(x509.MarshalPKIXPublicKey(&key.PublicKey))}
	if out.state.CipherSuite == tls.TLS_AES_256_GCM_SHA384 {
		out.hash = sha512.New384
	}
	return out
}

func main() {
	demand(len(os.Args) >= 5, "tenant_peer SOCKET DEPLOYMENT GRANTOR.pem PACKAGE-KEY NAME=VALUE...")
	deployment := must(os.ReadFile(os.Args[2]))
	packageKey := must(hex.DecodeString(os.Args[4]))
	t := connected(os.Args[1], os.Args[3])
	fmt.Fprintln(os.Stderr, t.state.CurveID, tls.CipherSuiteName(t.state.CipherSuite))
	t.say(1, pairs(1, []any{1}, 2, 2, 3, "tenant"))
	empty := t.ask("enarx/v1/provision")
	demand(empty.binding[2] == uint64(2) && len(empty.recipient) == 1216, "another suite")
	t.say(5, t.grant(empty, deployment, packageKey, os.Args[5:]))
	for t.expect(9).([]any)[0] != uint64(2) { // until it is ready
	}
	ready := t.ask("enarx/v1/ready")
	demand(bytes.Equal(ready.identity, empty.identity) && len(ready.recipient) == 0, "another Keep is ready")
	fmt.Fprintf(os.Stderr, "workload %x\n", ready.binding[20])
	t.say(8, null)
	for {
		kind, body, there := t.hear()
		demand(there, "the Keep has ended the connection")
		if kind == 10 {
			os.Stdout.Write(body.([]any)[1].([]byte))
		}
		if status, told := body.([]any); kind == 9 && told && status[0] == uint64(4) {
			t.line.CloseWrite() // close_notify: it was heard
			os.Exit(int(status[1].(uint64)))
		}
		demand(kind == 9 || kind == 10, "frame %d: %v", kind, body)
	}
}
