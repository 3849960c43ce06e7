#pragma once

// Connections that only read: each question takes one that is free, or opens another.

#include "service/store/sqlite/connection.hpp"

#include <mutex>

namespace service::sqlite {

class Readers {
public:
    explicit Readers(std::string path) : path_{std::move(path)} {}

    template <class Question>
    auto ask(Question const& question) -> decltype(question(std::declval<Connection&>())) {
        auto connection = TRY(take());
        auto answer = question(connection);
        if (answer) give_back(std::move(connection));
        return answer;
    }

private:
    static constexpr std::size_t most_idle = 16;

    Answer<Connection> take();
    void give_back(Connection connection);

    std::string path_;
    std::mutex mutex_;
    std::vector<Connection> idle_;
};

} // namespace service::sqlite
