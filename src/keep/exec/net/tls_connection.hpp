#pragma once

// A TLS connection as the application sees it: plain bytes.

#include "crypto/tls_buffer.hpp"
#include "keep/exec/net/closing_list.hpp"
#include "keep/exec/net/connection.hpp"
#include "keep/exec/net/tls_stream.hpp"

namespace exec::net {

class TlsConnection final : public Connection {
public:
    // The handshake is done. `closing` gets what is unsent when this connection is closed.
    TlsConnection(TlsStream stream, std::shared_ptr<ClosingList> closing)
        : stream_{std::move(stream)}, closing_{std::move(closing)} {}
    TlsConnection(TlsConnection&&) = delete;
    TlsConnection& operator=(TlsConnection&&) = delete;
    ~TlsConnection() override;

    // A nonblocking send counts what is encrypted; of that, up to one record (16 KiB) may still be
    // on its way. Every later operation moves it on; the destructor does not wait for it.
    Result<Received> receive(std::span<std::span<std::byte> const> out, ReceiveHow how) override;
    Result<std::size_t>
    send(std::span<std::span<std::byte const> const> in, bool nonblocking) override;
    Result<void> shutdown(ShutdownHow how) override;

    bool ready(Direction direction, WaitSet& waits) override;
    std::uint64_t readable_bytes() override;
    std::optional<Watched> watched(Direction direction) override;
    bool hung_up(std::optional<short> found = {}) override;

private:
    // What to do when nothing decrypted is left.
    enum class Fetch : std::uint8_t { No, Try, Wait };

    Result<std::size_t> read(std::span<std::byte> out, Fetch fetch);
    Result<std::size_t> fill(std::span<std::byte> out, Fetch first, Fetch more);
    Result<std::size_t> peek(std::size_t wanted, ReceiveHow how);
    Result<void> send_record(std::span<std::byte const> plain, bool nonblocking);
    bool plain_bytes_or_end();
    bool ready_to_read(WaitSet& waits);
    bool ready_to_write(WaitSet& waits);

    TlsStream stream_;
    std::shared_ptr<ClosingList> closing_;
    crypto::TlsBuffer peeked_; // decrypted, seen by a peek, read by nobody yet
    bool reads_ended_ = false; // by our own shutdown
    bool writes_ended_ = false;
};

} // namespace exec::net
