// go_peers CASES [REPEAT]: what go-sev-guest and go-tdx-guest make of the cases, a line of JSON each.
package main

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/url"
	"os"
	"sort"
	"strconv"
	"strings"
	"time"

	sabi "github.com/google/go-sev-guest/abi"
	spb "github.com/google/go-sev-guest/proto/sevsnp"
	sverify "github.com/google/go-sev-guest/verify"
	tverify "github.com/google/go-tdx-guest/verify"
)

type testCase struct {
	Name, Kind, Evidence, Leaf, Ask, Ark, Crl, Root, Signer, Ca string
	TcbInfo                                                     string `json:"tcb_info"`
	QeIdentity                                                  string `json:"qe_identity"`
	PckCrl                                                      string `json:"pck_crl"`
	RootCrl                                                     string `json:"root_crl"`
	At                                                          int64
	Version                                                     int
}

type answer struct {
	Peer    string  `json:"peer"`
	Name    string  `json:"name"`
	Mode    string  `json:"mode"`
	Outcome string  `json:"outcome"`
	Reason  string  `json:"reason"`
	Us      float64 `json:"us"`
}

func must(path string) []byte {
	data, err := os.ReadFile(path)
	if err != nil {
		panic(err)
	}
	return data
}

func pemOf(path string) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: must(path)}))
}

// Answers go-sev-guest's request for the list of the ARK.
type amdGetter struct{ crl []byte }

func (g amdGetter) Get(address string) ([]byte, error) {
	if strings.HasSuffix(address, "/crl") && g.crl != nil {
		return g.crl, nil
	}
	return nil, fmt.Errorf("no %s here", address)
}

// Answers go-tdx-guest's requests to Intel's PCS.
type intelGetter struct {
	bodies map[string][]byte
	chains map[string]string
}

func (g intelGetter) Get(address string) (map[string][]string, []byte, error) {
	for part, body := range g.bodies {
		if strings.Contains(address, part) {
			header := map[string][]string{}
			for name, chain := range g.chains {
				header[name] = []string{url.QueryEscape(chain)}
			}
			return header, body, nil
		}
	}
	return nil, nil, fmt.Errorf("no %s here", address)
}

func snp(c testCase, complete bool) func() error {
	report, leaf, ask, ark := must(c.Evidence), must(c.Leaf), must(c.Ask), must(c.Ark)
	var crl []byte
	if complete {
		crl = must(c.Crl)
	}
	return func() error {
		proto, err := sabi.ReportToProto(report)
		if err != nil {
			return err
		}
		chain := &spb.CertificateChain{AskCert: ask, ArkCert: ark}
		if strings.Contains(c.Leaf, ".vlek.") {
			chain.VlekCert = leaf
		} else {
			chain.VcekCert = leaf
		}
		product := &spb.SevProduct{Name: spb.SevProduct_SEV_PRODUCT_MILAN}
		if strings.Contains(c.Ark, "genoa") {
			product.Name = spb.SevProduct_SEV_PRODUCT_GENOA
		}
		options := &sverify.Options{DisableCertFetching: true, Now: time.Unix(c.At, 0), CheckRevocations: complete, Getter: amdGetter{crl}}
		if report[0] < 3 {
			options.Product = product
		}
		return sverify.SnpAttestation(&spb.Attestation{Report: proto, CertificateChain: chain}, options)
	}
}

func tdx(c testCase, complete bool) func() error {
	quote := must(c.Evidence)
	options := tverify.Options{Now: time.Unix(c.At, 0)}
	if complete {
		root := pemOf(c.Root)
		options.CheckRevocations, options.GetCollateral = true, true
		options.Getter = intelGetter{
			bodies: map[string][]byte{"/tcb?": must(c.TcbInfo), "/qe/identity": must(c.QeIdentity), "/pckcrl": must(c.PckCrl), "IntelSGXRootCA": must(c.RootCrl)},
			chains: map[string]string{
				"Tcb-Info-Issuer-Chain": pemOf(c.Signer) + root, "Sgx-Enclave-Identity-Issuer-Chain": pemOf(c.Signer) + root,
				"Sgx-Pck-Crl-Issuer-Chain": pemOf(c.Ca) + root},
		}
	}
	return func() error {
		fresh := options
		return tverify.RawTdxQuote(quote, &fresh)
	}
}

// One call; a panic is an answer as well.
func call(verify func() error) (outcome, reason string) {
	defer func() {
		if problem := recover(); problem != nil {
			outcome, reason = "refused", fmt.Sprint("PANIC ", problem)
		}
	}()
	if err := verify(); err != nil {
		return "refused", err.Error()
	}
	return "accepted", ""
}

func median(verify func() error, repeat int) float64 {
	times := make([]float64, 0, repeat)
	for i := 0; i < repeat; i++ {
		started := time.Now()
		_ = verify()
		times = append(times, float64(time.Since(started).Nanoseconds())/1000)
	}
	sort.Float64s(times)
	return times[len(times)/2]
}

func report(peer, mode string, c testCase, verify func() error, repeat int) {
	outcome, reason := call(verify)
	out := answer{Peer: peer, Name: c.Name, Mode: mode, Outcome: outcome, Reason: reason}
	if repeat > 0 && outcome == "accepted" {
		out.Us = median(verify, repeat)
	}
	line, _ := json.Marshal(out)
	fmt.Println(string(line))
}

func main() {
	var cases []testCase
	if err := json.Unmarshal(must(os.Args[1]), &cases); err != nil {
		panic(err)
	}
	repeat := 0
	if len(os.Args) > 2 {
		repeat, _ = strconv.Atoi(os.Args[2])
	}
	for _, c := range cases {
		switch {
		case c.Kind == "snp":
			report("go-sev-guest", "chain", c, snp(c, false), repeat)
			if c.Crl != "" {
				report("go-sev-guest", "complete", c, snp(c, true), repeat)
			}
		case c.Kind == "tdx":
			report("go-tdx-guest", "chain", c, tdx(c, false), repeat)
			if c.TcbInfo != "" && c.PckCrl != "" {
				report("go-tdx-guest", "complete", c, tdx(c, true), repeat)
			}
		}
	}
}
