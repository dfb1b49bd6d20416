#include "loop/statistics/isotonic.hpp"

namespace imloop::loop::statistics {

std::vector<double> isotonic(std::span<const double> values, std::span<const double> weights) {
    struct Block {
        double mean;
        double weight;
        std::size_t size;
    };
    std::vector<Block> blocks;
    for (std::size_t i = 0; i < values.size(); ++i) {
        blocks.push_back({values[i], weights[i], 1});
        while (blocks.size() > 1 && blocks[blocks.size() - 2].mean >= blocks.back().mean) {
            const Block last = blocks.back();
            blocks.pop_back();
            Block& into = blocks.back();
            const double weight = into.weight + last.weight;
            into = {(into.mean * into.weight + last.mean * last.weight) / weight, weight, into.size + last.size};
        }
    }
    std::vector<double> out;
    for (const auto& b : blocks) out.insert(out.end(), b.size, b.mean);
    return out;
}

}  // namespace imloop::loop::statistics
