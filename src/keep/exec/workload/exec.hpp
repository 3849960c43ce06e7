#pragma once

// The whole life of exec.

namespace exec {

// The status to exit with; dies by itself where the application raised a signal.
int exec();

} // namespace exec
