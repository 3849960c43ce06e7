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
    std::string name,
    std::uint64_t size,
    std::shared_ptr<os::NewFile> file,
    std::shared_ptr<net::server::Mailbox> loop,
    Worker& worker
)
    : blobs_{std::move(blobs)},
      name_{std::move(name)},
      size_{size},
      file_{std::move(file)},
      loop_{std::move(loop)},
      worker_{&worker} {}

BlobSink::~BlobSink() {
    if (blobs_) blobs_->give_back(size_);
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
    if (written_ != size_ || found != name_)
        return answer(problem(
            422,
            "blob-damaged",
            "what came has the digest sha256:" + found + ", not sha256:" + name_
        ));
    // The worker waits for the disk; the table is the loop's alone.
    auto const shared = std::make_shared<Answer>(std::move(answer));
    auto const blobs = std::exchange(blobs_, nullptr);
    worker_->give([file = std::exchange(file_, nullptr),
                   loop = loop_,
                   blobs,
                   shared,
                   name = name_,
                   size = size_] {
        auto const kept = file->keep();
        loop->post([blobs, shared, name, size, kept] {
            blobs->give_back(size);
            bool const there = kept || kept.error() == base::Errno::Exist;
            if (!there) return (*shared)(full(kept.error()));
            blobs->add(name, size);
            (*shared)({.status = 201, .type = "", .body = ""});
        });
    });
}

std::optional<Response> BlobThere::write(base::View /*piece*/) { return {}; }
void BlobThere::end(Answer answer) { answer({.status = 200, .type = "", .body = ""}); }

} // namespace host::serve
