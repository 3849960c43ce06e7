module enarx/test/provision/tenant_peer

go 1.26
