module enarx/test/peers

go 1.24

require (
	github.com/google/go-sev-guest v0.15.0
	github.com/google/go-tdx-guest v0.3.1
	github.com/hf/nitrite v0.0.0-20241225144000-c2d5d3c4f303
)
