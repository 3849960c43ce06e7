#pragma once

// As long as it lives, this process can start no thread, as on a host that allows no more: each
// would have a stack that no memory is large enough for.

#include <cstddef>

#include <pthread.h>

namespace os {

class NoThreads {
public:
    NoThreads() {
        ::pthread_getattr_default_np(&usual_);
        pthread_attr_t impossible;
        ::pthread_getattr_default_np(&impossible);
        ::pthread_attr_setstacksize(&impossible, std::size_t{1} << 60);
        ::pthread_setattr_default_np(&impossible);
        ::pthread_attr_destroy(&impossible);
    }
    NoThreads(NoThreads const&) = delete;
    NoThreads& operator=(NoThreads const&) = delete;
    ~NoThreads() {
        ::pthread_setattr_default_np(&usual_);
        ::pthread_attr_destroy(&usual_);
    }

private:
    pthread_attr_t usual_{};
};

} // namespace os
