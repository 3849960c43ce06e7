// verdict: what go-sev-guest says of a report. Its own checks alone: signature, chain and names by
// `verify`, contents by `validate`. Prints "accepted" or why not, and ends with 0 or 1.
package main

import (
	"encoding/hex"
	"encoding/pem"
	"flag"
	"fmt"
	"os"

	"github.com/google/go-sev-guest/abi"
	spb "github.com/google/go-sev-guest/proto/sevsnp"
	"github.com/google/go-sev-guest/validate"
	"github.com/google/go-sev-guest/verify"
	"github.com/google/go-sev-guest/verify/trust"
)

func end(err error) {
	if err != nil {
		fmt.Println("refused:", err)
		os.Exit(1)
	}
}

func read(path string) []byte {
	content, err := os.ReadFile(path)
	end(err)
	return content
}

func der(path string) []byte {
	block, _ := pem.Decode(read(path))
	if block == nil {
		end(fmt.Errorf("%s is no PEM", path))
	}
	return block.Bytes
}

// A flag in hexadecimal; not given: nil, which go-sev-guest does not check.
func wanted(name string) func() []byte {
	text := flag.String(name, "", "what the report is to have, in hexadecimal")
	return func() []byte {
		if *text == "" {
			return nil
		}
		bytes, err := hex.DecodeString(*text)
		end(err)
		return bytes
	}
}

func main() {
	folder := flag.String("certificates", "", "the folder of ark.pem, ask.pem and vcek.pem")
	amd := flag.Bool("amd", false, "trust AMD's roots, not those of that folder")
	policy := flag.Uint64("policy", 0x30000, "the most that the guest's policy may allow")
	data, host, measurement := wanted("report-data"), wanted("host-data"), wanted("measurement")
	family, image, identity := wanted("family-id"), wanted("image-id"), wanted("id-key-digest")
	svn := flag.Uint("svn", 0, "the least SVN of the guest")
	flag.Parse()

	ark, ask := der(*folder+"/ark.pem"), der(*folder+"/ask.pem")
	report, err := abi.ReportToProto(read(flag.Arg(0)))
	end(err)
	attestation := &spb.Attestation{Report: report,
		CertificateChain: &spb.CertificateChain{ArkCert: ark, AskCert: ask, VcekCert: der(*folder + "/vcek.pem")}}
	options := verify.DefaultOptions()
	options.DisableCertFetching = true
	if !*amd {
		root := trust.AMDRootCertsProduct("Milan")
		end(root.Decode(ask, ark))
		options.TrustedRoots = map[string][]*trust.AMDRootCerts{"Milan": {root}}
	}
	end(verify.SnpAttestation(attestation, options))

	most, err := abi.ParseSnpPolicy(*policy)
	end(err)
	level := 0
	contents := &validate.Options{GuestPolicy: most, VMPL: &level, ReportData: data(), HostData: host(),
		Measurement: measurement(), FamilyID: family(), ImageID: image(), MinimumGuestSvn: uint32(*svn),
		PlatformInfo: &abi.SnpPlatformInfo{}}
	if digest := identity(); digest != nil {
		contents.RequireIDBlock = true
		contents.TrustedIDKeyHashes = [][]byte{digest}
	}
	end(validate.SnpAttestation(attestation, contents))
	fmt.Println("accepted")
}
