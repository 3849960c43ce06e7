#pragma once

// A blob on its way into the cache: it has its name when all of it is there and is what the name
// says.

#include "crypto/digest.hpp"
#include "host/serve/blobs.hpp"
#include "os/new_file.hpp"

namespace host::serve {

class BlobSink final : public net::server::Sink {
public:
    struct Coming {
        std::string name;
        std::string customer; // who brings it
        std::uint64_t size = 0;
    };
    BlobSink(
        std::shared_ptr<Blobs> blobs,
        Coming coming,
        std::shared_ptr<os::NewFile> file,
        std::shared_ptr<net::server::Mailbox> loop,
        Worker& worker
    );
    ~BlobSink() override;

    std::optional<net::server::Response> write(base::View piece) override;
    void end(net::server::Answer answer) override;

private:
    std::shared_ptr<Blobs> blobs_;
    Coming coming_;
    std::uint64_t written_ = 0;
    std::shared_ptr<os::NewFile> file_;
    std::shared_ptr<net::server::Mailbox> loop_;
    Worker* worker_;
    crypto::Sha256 digest_;
};

// Holds something as long as the blob is coming.
class HoldingSink final : public net::server::Sink {
public:
    HoldingSink(std::unique_ptr<net::server::Sink> inner, std::shared_ptr<void> held)
        : inner_{std::move(inner)}, held_{std::move(held)} {}

    std::optional<net::server::Response> write(base::View piece) override {
        return inner_->write(piece);
    }
    void end(net::server::Answer answer) override { inner_->end(std::move(answer)); }

private:
    std::unique_ptr<net::server::Sink> inner_;
    std::shared_ptr<void> held_;
};

// It is there already: what comes is read and not looked at.
class BlobThere final : public net::server::Sink {
public:
    std::optional<net::server::Response> write(base::View piece) override;
    void end(net::server::Answer answer) override;
};

} // namespace host::serve
