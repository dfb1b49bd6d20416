#include "journal/chain.hpp"

#include <algorithm>

namespace imloop::journal {
namespace {

Digest hash(Algorithm algorithm, std::string_view bytes) {
    return algorithm == Algorithm::es256 ? sha256(bytes) : sm3(bytes);
}

}  // namespace

Digest chain_start(Algorithm algorithm, std::string_view source, std::string_view epoch) {
    std::string text = "imloop/journal/v1\n";
    text.append(source).append("\n").append(epoch).append("\n");
    return hash(algorithm, text);
}

Digest chain_next(Algorithm algorithm, const Digest& previous, std::string_view line) {
    std::array<char, 64> both{};
    const Digest of_line = hash(algorithm, line);
    std::copy(previous.begin(), previous.end(), both.begin());
    std::copy(of_line.begin(), of_line.end(), both.begin() + 32);
    return hash(algorithm, {both.data(), both.size()});
}

}  // namespace imloop::journal
