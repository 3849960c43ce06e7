module enarx/test/provision/certificate_peer

go 1.24
