// Writes a log as the attestation service does, for readers of others: log-writer FOLDER SIZE...
// grows it to each size in turn and keeps the checkpoint of each as FOLDER/checkpoint.SIZE; of the
// last size FOLDER/proof.INDEX is each leaf's inclusion proof. Prints the key that verifies it.

#include "crypto/ed25519_signing_key.hpp"
#include "protocol/provision/log_entry.hpp"
#include "service/log/log.hpp"
#include "service/store/sqlite/sqlite_store.hpp"

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace {

using namespace service;
using namespace std::chrono_literals;

constexpr std::uint64_t noon = 1'800'000'000;
constexpr std::string_view deployment = "shop/api";

[[noreturn]] void fail(os::Failure const& failure) {
    std::fprintf(stderr, "%s (%s)\n", failure.text.c_str(), std::string{failure.name}.c_str());
    std::exit(1);
}

void write(std::string const& path, base::View bytes) {
    std::ofstream out{path, std::ios::binary};
    out << base::text_of(bytes);
}

Blob entry(protocol::provision::LogKind kind, base::View about) {
    protocol::provision::LogEntry out;
    out.time = noon;
    out.kind = kind;
    out.deployment = {deployment, 1};
    if (kind == protocol::provision::LogKind::Release) out.keep_id = about;
    out.digest = about;
    out.accepted = true;
    return protocol::provision::encode(out);
}

LeafIndex release(Store& store, std::uint64_t number) {
    ReleaseRow row;
    row.keep_id = crypto::sha256(base::view_of(std::to_string(number)));
    row.deployment = deployment;
    row.serial = 1;
    row.kind = "none";
    row.time = noon;
    row.not_after = noon + 3600;
    auto const line = entry(protocol::provision::LogKind::Release, row.keep_id);
    auto const leaf = store.release(row, UINT32_MAX, line);
    if (!leaf) fail(leaf.error().failure);
    return *leaf;
}

LeafIndex publish(Store& store) {
    auto const digest = crypto::sha256(base::view_of("statement"));
    DeploymentRow const row{std::string{deployment}, 1, {}, {}, {}, noon};
    auto const leaf = store.publish(row, entry(protocol::provision::LogKind::Deployment, digest));
    if (!leaf) fail(leaf.error().failure);
    return *leaf;
}

} // namespace

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    std::string const folder = argv[1];
    auto const store = open_sqlite_store(folder + "/state.sqlite");
    if (!store) fail(store.error());
    auto const key = crypto::Ed25519SigningKey::generate();
    if (!key) return 1;
    auto const log = Log::open(**store, {folder + "/log", "example.com/enarx/log", 10ms}, *key);
    if (!log) fail(log.error());
    LeafIndex newest = publish(**store);
    for (int i = 2; i < argc; ++i) {
        auto const size = std::strtoull(argv[i], nullptr, 10);
        while (newest + 1 < size) newest = release(**store, newest);
        auto const shown = (*log)->inclusion(newest, 10s);
        if (!shown) fail(shown.error());
        write(folder + "/checkpoint." + argv[i], base::view_of(shown->checkpoint));
    }
    for (LeafIndex index = 0; index <= newest; ++index) {
        auto const proof = (*log)->inclusion(index, 0s);
        if (!proof) fail(proof.error());
        write(folder + "/proof." + std::to_string(index), proof->proof);
    }
    std::printf("%s\n", (*log)->verifier_key().c_str());
    return 0;
}
