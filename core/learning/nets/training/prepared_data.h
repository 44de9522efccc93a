#pragma once

#include <cstdint>
#include <string>
#include <vector>

// What vitrine-prepare says about raw pixels: pictures.tsv beside pictures.rgb, clips.tsv beside
// clips.rgb, sources.tsv. Every size is checked against the file of pixels, `bytes` long. All throw
// std::runtime_error as PreparedTable does, and where nothing is for `use`.
namespace vitrine::learning
{

struct Picture {
    std::string name;
    int64_t width, height;
    uint64_t offset; // in pictures.rgb
};

// use: train, vt10, codec; test in the test sets of others.
std::vector<Picture> preparedPictures(const std::string& folder, const std::string& use,
                                      uint64_t bytes);

struct Clip {
    std::string name;
    int64_t width, height, frames;
    double framesPerSecond;
    uint64_t offset;
};

// use: train, held-out.
std::vector<Clip> preparedClips(const std::string& folder, const std::string& use, uint64_t bytes);

// The table of origins and licences (sources.tsv of pictures, clips and garments) in Markdown.
std::string sourcesInMarkdown(const std::string& path);

} // namespace vitrine::learning
