#include "host/serve/blob_sink.hpp"

#include "base/hex.hpp"
#include "os/failure.hpp"

namespace host::serve {

using net::server::Answer;
using net::server::problem;
using net::server::Response;

namespace {

Response full(base::Errno error) {
    return problem(
        507,
        "host-full",
        "the cache of this host cannot be written: " + std::string{os::description(error)}
    );
}

} // namespace

BlobSink::BlobSink(
    std::shared_ptr<Blobs> blobs,
    Coming coming,
    std::shared_ptr<os::NewFile> file,
    std::shared_ptr<net::server::Mailbox> loop,
    Worker& worker
)
    : blobs_{std::move(blobs)},
      coming_{std::move(coming)},
      file_{std::move(file)},
      loop_{std::move(loop)},
      worker_{&worker} {}

BlobSink::~BlobSink() {
    if (blobs_) blobs_->give_back(coming_.size, coming_.customer);
}

std::optional<Response> BlobSink::write(base::View piece) {
    auto const wrote = file_->write_at(written_, piece);
    if (!wrote) return full(wrote.error());
    digest_.add(piece);
    written_ += piece.size();
    return {};
}

void BlobSink::end(Answer answer) {
    auto const found = base::hex(digest_.digest());
    if (written_ != coming_.size || found != coming_.name)
        return answer(problem(
            422,
            "blob-damaged",
            "what came has the digest sha256:" + found + ", not sha256:" + coming_.name
        ));
    // The worker waits for the disk; the table is the loop's alone.
    auto const shared = std::make_shared<Answer>(std::move(answer));
    auto const blobs = std::exchange(blobs_, nullptr);
    worker_->give(
        [file = std::exchange(file_, nullptr), loop = loop_, blobs, shared, coming = coming_] {
            auto const kept = file->keep();
            loop->post([blobs, shared, coming, kept] {
                blobs->give_back(coming.size, coming.customer);
                bool const there = kept || kept.error() == base::Errno::Exist;
                if (!there) return (*shared)(full(kept.error()));
                blobs->add(coming.name, coming.size, coming.customer);
                (*shared)({.status = 201, .type = "", .body = ""});
            });
        }
    );
}

std::optional<Response> BlobThere::write(base::View /*piece*/) { return {}; }
void BlobThere::end(Answer answer) { answer({.status = 200, .type = "", .body = ""}); }

} // namespace host::serve
