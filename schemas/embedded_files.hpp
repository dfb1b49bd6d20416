// The list that schemas/embed.cmake generates; schemas/embedded.cpp alone includes this.
#pragma once

#include <cstddef>
#include <string_view>

namespace imloop::schemas {

struct EmbeddedFile {
    std::string_view path;  ///< relative to schemas/
    std::string_view text;
};
extern const EmbeddedFile embedded_files[];
extern const std::size_t embedded_count;

}  // namespace imloop::schemas
