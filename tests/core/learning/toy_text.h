#pragma once

#include <filesystem>
#include <fstream>
#include <random>
#include <string>

namespace vitrine::tests
{

// A tokenised text with a rule that is learned at once: each token is followed by one of two.
inline void writeToyText(const std::filesystem::path& folder, const std::string& name,
                         int documents)
{
    std::mt19937 random(5);
    std::ofstream tokens(folder / (name + ".tokens"), std::ios::binary),
        index(folder / (name + ".documents"));
    constexpr int kLength = 60;
    index << "source toy 1 0 " << documents * kLength << "\n";
    for (int d = 0; d < documents; ++d) {
        index << "document 0 " << d * kLength << ' ' << kLength << "\n";
        int id = 3;
        for (int i = 0; i < kLength; ++i) {
            const int written = i == 0 ? 1 : i == kLength - 1 ? 2 : id;
            tokens.put(static_cast<char>(written)).put(0);
            id = 3 + (id * 5 + static_cast<int>(random() % 2)) % 25;
        }
    }
}

} // namespace vitrine::tests
