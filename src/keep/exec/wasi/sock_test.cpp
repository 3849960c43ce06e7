#include "keep/exec/net/tls_pair_for_tests.hpp"
#include "keep/exec/wasi/fake_sockets.hpp"
#include "keep/exec/wasi/test_application.hpp"

namespace exec::wasi {
namespace {

struct Sockets : Application {
    Sockets() {
        script.incoming = "hello";
        connected = *context.add_connection(std::make_unique<net::FakeConnection>(script), 0);
        listening = *context.add_listener(std::make_unique<net::FakeListener>(clients), 0);
    }
    Errno receive(Fd fd, std::uint32_t flags, std::uint32_t length = 64) {
        buffer = room(length);
        return call(&sock_recv, fd, put_vectors({{buffer, length}}), 1U, flags, size, out_flags);
    }
    Errno send(Fd fd, std::string_view text, std::uint32_t flags = 0) {
        auto const length = static_cast<std::uint32_t>(text.size());
        return call(&sock_send, fd, put_vectors({{put(text).at, length}}), 1U, flags, size);
    }
    Errno accept(Fd fd, std::uint32_t flags) { return call(&sock_accept, fd, flags, size); }

    net::Script script;
    net::Script client;
    std::deque<net::Script*> clients;
    Fd connected;
    Fd listening;
    std::uint32_t buffer = 0;
    Pointer<std::uint32_t> size = room_for<std::uint32_t>();
    Pointer<std::uint16_t> out_flags = room_for<std::uint16_t>();
};

TEST_F(Sockets, ReceiveWhatThePeerSent) {
    ASSERT_EQ(receive(connected, 0), Errno::Success);
    EXPECT_EQ(text_at(buffer, at(size)), "hello");
    EXPECT_EQ(at(out_flags), 0U);
    EXPECT_FALSE(script.asked.nonblocking);
}

TEST_F(Sockets, PeekWithoutTaking) {
    ASSERT_EQ(receive(connected, receive_flag::peek | receive_flag::wait_all), Errno::Success);
    EXPECT_TRUE(script.asked.peek);
    EXPECT_TRUE(script.asked.wait_all);
    ASSERT_EQ(receive(connected, 0), Errno::Success);
    EXPECT_EQ(at(size), 5U);
}

TEST_F(Sockets, SendAndReportHowMuch) {
    ASSERT_EQ(send(connected, "answer"), Errno::Success);
    EXPECT_EQ(at(size), 6U);
    EXPECT_EQ(script.sent, "answer");
    script.peer_gone = true;
    EXPECT_EQ(send(connected, "answer"), Errno::Pipe);
}

TEST_F(Sockets, DoNotBlockWhenToldNotTo) {
    auto const nonblock = std::uint32_t{fd_flag::nonblock};
    ASSERT_EQ(call(&fd_fdstat_set_flags, connected, nonblock), Errno::Success);
    ASSERT_EQ(send(connected, "x"), Errno::Success);
    EXPECT_TRUE(script.asked_nonblocking);
    script.incoming.clear();
    EXPECT_EQ(receive(connected, 0), Errno::Again);
}

TEST_F(Sockets, ShutDownEitherWayOrBoth) {
    EXPECT_EQ(call(&sock_shutdown, connected, shutdown_flag::read), Errno::Success);
    EXPECT_EQ(call(&sock_shutdown, connected, shutdown_flag::write), Errno::Success);
    EXPECT_EQ(call(&sock_shutdown, connected, 3U), Errno::Success);
    EXPECT_EQ(call(&sock_shutdown, connected, 0U), Errno::Inval);
    EXPECT_EQ(call(&sock_shutdown, connected, 4U), Errno::Inval);
    using enum net::ShutdownHow;
    EXPECT_EQ(script.shutdowns, (std::vector{Read, Write, Both}));
}

TEST_F(Sockets, AcceptClientsUnderTheLowestFreeNumber) {
    clients = {&client};
    ASSERT_EQ(accept(listening, fd_flag::nonblock), Errno::Success);
    EXPECT_EQ(at(size), 6U);
    auto const stat = fd_stat(Fd{6});
    EXPECT_EQ(stat.type, FileType::SocketStream);
    EXPECT_EQ(stat.flags, fd_flag::nonblock);
    EXPECT_EQ(accept(listening, 0), Errno::Again);
    EXPECT_EQ(accept(listening, fd_flag::append), Errno::Inval);
}

TEST_F(Sockets, AFullTableLosesNoClient) {
    Context small{{.open_files = 1, .sockets = 1}};
    clients = {&client};
    auto const fd = small.add_listener(std::make_unique<net::FakeListener>(clients), 0);
    ASSERT_TRUE(fd);
    EXPECT_EQ(sock_accept(small, memory(), *fd, 0, size).error(), Errno::NFile);
    EXPECT_EQ(clients.size(), 1U);
}

TEST_F(Sockets, AreNoFilesAndFilesAreNoSockets) {
    auto const file = create("file");
    EXPECT_EQ(receive(file, 0), Errno::NotSock);
    EXPECT_EQ(send(root, "x"), Errno::NotSock);
    EXPECT_EQ(accept(file, 0), Errno::NotSock);
    EXPECT_EQ(accept(connected, 0), Errno::Inval);
    EXPECT_EQ(receive(listening, 0), Errno::NotConn);
    EXPECT_EQ(call(&sock_shutdown, file, 1U), Errno::NotSock);
    EXPECT_EQ(call(&sock_shutdown, Fd{99}, 1U), Errno::BadF);
    EXPECT_EQ(seek_to(connected, 0), Errno::SPipe);
    EXPECT_EQ(read(listening, 1).error(), Errno::NotConn);
}

TEST_F(Sockets, FlagsThatNobodyDefinedAreInvalid) {
    EXPECT_EQ(receive(connected, 4), Errno::Inval);
    EXPECT_EQ(send(connected, "x", 1), Errno::Inval);
}

TEST_F(Sockets, CloseWithTheirDescriptor) {
    ASSERT_EQ(call(&fd_close, connected), Errno::Success);
    EXPECT_EQ(receive(connected, 0), Errno::BadF);
}

// No descriptor is left until the last of those goes that the application has closed already.
class FullListener : public net::Listener {
public:
    explicit FullListener(net::ClosingList const& closing, net::Script& client)
        : closing_{&closing}, client_{&client} {}
    bool ready(net::Direction, net::WaitSet&) override { return true; }
    base::Result<std::unique_ptr<net::Connection>> accept(bool) override {
        if (!closing_->empty()) return std::unexpected(base::Errno::MFile);
        return std::make_unique<net::FakeConnection>(*client_);
    }

private:
    net::ClosingList const* closing_;
    net::Script* client_;
};

TEST_F(Sockets, AcceptAClientInThePlaceOfOneThatIsClosedAndDoesNotRead) {
    net::TlsTestServer server;
    for (int i = 0; i < 3; ++i) context.closing->take(server.client());
    auto const full =
        *context.add_listener(std::make_unique<FullListener>(*context.closing, client), 0);
    EXPECT_EQ(accept(full, 0), Errno::Success);
    EXPECT_TRUE(context.closing->empty());
}

} // namespace
} // namespace exec::wasi
