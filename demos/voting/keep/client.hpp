#pragma once

// One connection: what has arrived, what is still to go out, and until when we wait for it.

#include "voting/keep/answers.hpp"

#include <chrono>

namespace voting {

using Time = std::chrono::steady_clock::time_point;

class Client {
public:
    Client(int socket, Time now) : socket_{socket}, since_{now} {}
    Client(Client&& other) noexcept;
    Client& operator=(Client&& other) noexcept;
    ~Client();

    int socket() const { return socket_; }
    // Which of poll's events it waits for.
    short wanted() const;
    // Goes on as far as it can without waiting; false when the connection is over.
    bool proceed(Answers& answers, Time now);
    // When it is over if nothing more comes.
    Time deadline() const;
    // Nothing of a request has arrived, nothing is to go out: it may be dropped for another's sake.
    bool idle() const { return in_.empty() && out_.empty(); }
    Time since() const { return since_; }

private:
    enum class Step { Done, Wait, Over };

    Step receive();
    Step send();
    bool answer_all(Answers& answers, Time now);

    int socket_;
    Time since_; // the last request began or the last answer was complete
    std::string in_;
    std::string out_;
    std::size_t sent_ = 0;
    bool last_ = false; // close when all is out
};

} // namespace voting
