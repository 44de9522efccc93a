#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace vitrine::learning
{

// One text, whole: paragraphs in order, normalised.
struct CorpusDocument {
    std::string name; // file, chapter or the like
    std::vector<std::string> paragraphs;

    std::string text() const; // paragraphs parted by one line feed
};

// Where text comes from and how it is read, as resources/recipes/vitrine-lm.corpus.json says.
struct CorpusSource {
    std::string name, title, package, licence, format, files;
    double share = 0; // of the windows drawn in training
    int fromYear = 0, toYear = 9999;
};

struct CorpusPart {
    CorpusSource source;
    std::string version; // of the package, as fetched
    size_t bytesRead = 0;
    std::vector<CorpusDocument> documents;
};

struct Corpus {
    std::vector<CorpusPart> train, heldOut;
    size_t paragraphsRead = 0, notProse = 0, duplicates = 0;
};

// Reads the list of sources (JSON) and their files under `folder` (what packaging/fetch made). Held
// out are the last tenth of the speeches by year and Moby-Dick from chapter 120 on; no training
// paragraph repeats them or another one. Throws std::runtime_error naming what is missing.
Corpus readCorpus(const std::string& sourceList, const std::string& folder);

// The held-out parts alone, exactly as readCorpus has them; needs no package but theirs.
std::vector<CorpusPart> readHeldOut(const std::string& sourceList, const std::string& folder);

} // namespace vitrine::learning
