// What segments and process data have in common as they come: a place among what waits, bytes that may be compressed.
#pragma once

#include <functional>
#include <string>

#include "hub/api/context.hpp"
#include "hub/writer.hpp"

namespace imloop::hub::calls {

/// `waiting` holds the place until it is let go.
using TakeBytes = std::function<void(Context&, std::string bytes, Waiting waiting, const Done&)>;
/// Decodes the body on the threads of admission and hands it on; 503 busy where no place is left, 400 and 413 where it
/// can't be decoded or is more than `bytes_max`.
void received(Context, std::size_t bytes_max, Done, TakeBytes);

}  // namespace imloop::hub::calls
