#include "service/store/sqlite/readers.hpp"

#include "service/store/sqlite/schema.hpp"

namespace service::sqlite {

Answer<Connection> Readers::take() {
    {
        std::scoped_lock const lock{mutex_};
        if (!idle_.empty()) {
            auto connection = std::move(idle_.back());
            idle_.pop_back();
            return connection;
        }
    }
    auto connection = TRY(Connection::open(path_));
    TRY(configure(connection));
    TRY(connection.script("PRAGMA query_only = ON"));
    return connection;
}

void Readers::give_back(Connection connection) {
    std::scoped_lock const lock{mutex_};
    if (idle_.size() < most_idle) idle_.push_back(std::move(connection));
}

} // namespace service::sqlite
