#include "service/say.hpp"

#include <unistd.h>

#include <exception>
#include <string>

#include "service/printable.hpp"

namespace imloop::service {

void say(std::string_view line) noexcept try {
    const std::string text = service::printable(line) + "\n";
    for (std::size_t at = 0; at < text.size();) {
        const auto written = ::write(STDERR_FILENO, text.data() + at, text.size() - at);
        if (written <= 0) return;
        at += static_cast<std::size_t>(written);
    }
} catch (const std::exception&) {  // no memory for the words
}

}  // namespace imloop::service
