#include "core/learning/tasks/corpus.h"

#include "core/learning/tasks/known_keys.h"
#include "core/learning/tasks/markup.h"
#include "core/learning/tasks/prose.h"

#include <nlohmann/json.hpp>
#include <zlib.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <regex>
#include <sstream>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

namespace fs = std::filesystem;
using nlohmann::json;

constexpr int kFirstHeldOutChapter = 120;
constexpr size_t kEntriesUntil =
    600; // short entries are put together to documents of about so many bytes

// Plain, gzip and dictzip files alike.
std::string readFile(const fs::path& path)
{
    gzFile file = gzopen(path.c_str(), "rb");
    if (!file)
        throw std::runtime_error("cannot read " + path.string());
    std::string content;
    std::vector<char> buffer(1 << 16);
    for (int n; (n = gzread(file, buffer.data(), static_cast<unsigned>(buffer.size()))) > 0;)
        content.append(buffer.data(), static_cast<size_t>(n));
    gzclose(file);
    return content;
}

std::vector<fs::path> filesOf(const CorpusSource& source, const fs::path& folder)
{
    const fs::path root = folder / source.package;
    if (!fs::is_directory(root))
        throw std::runtime_error("no folder " + root.string() + ": run packaging/fetch first");
    const std::regex pattern(source.files);
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(root))
        if (entry.is_regular_file() &&
            std::regex_search(fs::relative(entry.path(), root).string(), pattern))
            files.push_back(entry.path());
    std::ranges::sort(files);
    if (files.empty())
        throw std::runtime_error("no file in " + root.string() + " matches " + source.files);
    return files;
}

CorpusDocument document(std::string name, const Paragraphs& paragraphs)
{
    CorpusDocument result{std::move(name), {}};
    for (const auto& paragraph : paragraphs)
        if (auto text = normalised(paragraph); !text.empty())
            result.paragraphs.push_back(std::move(text));
    return result;
}

// Verses of one book, put together by chapter: "Genesis 1:2" -> "...".
std::vector<CorpusDocument> scripture(const std::string& content)
{
    static const std::regex marks("\\[|\\]|^# ");
    std::vector<CorpusDocument> books;
    const auto verses = nlohmann::ordered_json::parse(content);
    for (const auto& [place, verse] : verses.items()) {
        const std::string chapter = place.substr(0, place.find(':'));
        if (books.empty() || books.back().name != chapter)
            books.push_back({chapter, {""}});
        const std::string text =
            normalised(std::regex_replace(verse.get<std::string>(), marks, ""));
        books.back().paragraphs.back() +=
            (books.back().paragraphs.back().empty() ? "" : " ") + text;
    }
    return books;
}

std::vector<CorpusDocument> novels(const std::string& content)
{
    // The lines of six novels; a chapter heading starts a document.
    std::vector<CorpusDocument> chapters;
    std::string paragraph;
    static const std::regex heading("^(CHAPTER|VOLUME|Chapter|Volume) ");
    for (const auto& line : rDatabaseStrings(content)) {
        const bool starts = std::regex_search(line, heading);
        if ((line.empty() || starts) && !chapters.empty() && !paragraph.empty()) {
            chapters.back().paragraphs.push_back(normalised(paragraph));
            paragraph.clear();
        }
        if (starts || chapters.empty())
            chapters.push_back({line, {}});
        if (!starts && !line.empty())
            paragraph += line + " ";
    }
    return chapters;
}

// Short paragraphs put together until a document is long enough.
std::vector<CorpusDocument> grouped(const CorpusDocument& all, size_t bytes)
{
    std::vector<CorpusDocument> documents;
    size_t size = bytes;
    for (const auto& paragraph : all.paragraphs) {
        if (size >= bytes) {
            documents.push_back({all.name, {}});
            size = 0;
        }
        documents.back().paragraphs.push_back(paragraph);
        size += paragraph.size();
    }
    return documents;
}

std::vector<CorpusDocument> documentsOf(const CorpusSource& source, const fs::path& path,
                                        const std::string& content)
{
    const std::string name = path.stem().string();
    if (source.format == "speech" || source.format == "chapter") {
        const json value = json::parse(content);
        if (source.format == "speech") {
            const int year = value.at("year").get<int>();
            if (year < source.fromYear || year > source.toYear)
                return {};
        }
        return {document(name, textParagraphs(value.at("text").get<std::string>()))};
    }
    if (source.format == "verses")
        return scripture(content);
    if (source.format == "novels")
        return novels(content);
    if (source.format == "html")
        return {document(name, htmlParagraphs(content))};
    if (source.format == "text")
        return {document(name, textParagraphs(content))};
    if (source.format == "pod")
        return {document(name, podParagraphs(content))};
    if (source.format == "story")
        return grouped(document(name, storyParagraphs(content)), 4 * kEntriesUntil);
    if (source.format == "dictionary")
        return grouped(document(name, dictionaryEntries(content)), kEntriesUntil);
    throw std::runtime_error("source " + source.name + ": unknown format \"" + source.format +
                             "\"");
}

std::vector<CorpusSource> readSources(const std::string& path)
{
    std::ifstream in(path);
    if (!in)
        throw std::runtime_error("cannot read " + path);
    try {
        std::vector<CorpusSource> sources;
        const json list = json::parse(in);
        refuseOtherKeys(list, "the list", {"sources"});
        for (const auto& item : list.at("sources")) {
            refuseOtherKeys(item, placeInList("sources", sources.size()),
                            {"name", "title", "package", "licence", "format", "files", "share",
                             "from_year", "to_year"});
            sources.push_back({item.at("name"), item.at("title"), item.at("package"),
                               item.at("licence"), item.at("format"), item.at("files"),
                               item.at("share"), item.value("from_year", 0),
                               item.value("to_year", 9999)});
        }
        return sources;
    } catch (const std::exception& error) {
        throw std::runtime_error(path + ": " + error.what());
    }
}

std::map<std::string, std::string> readVersions(const fs::path& folder)
{
    std::map<std::string, std::string> versions;
    std::ifstream in(folder / "versions.tsv");
    for (std::string package, version, kind; in >> package >> version >> kind;)
        versions[package] = version;
    return versions;
}

// Moves the documents that `isHeldOut` names into a part of their own.
CorpusPart split(CorpusPart& part, const std::string& name, const std::vector<std::string>& heldOut)
{
    CorpusPart out{part.source, part.version, 0, {}};
    out.source.name = name;
    std::vector<CorpusDocument> kept;
    for (auto& one : part.documents)
        (std::ranges::find(heldOut, one.name) != heldOut.end() ? out.documents : kept)
            .push_back(std::move(one));
    part.documents = std::move(kept);
    return out;
}

// The last tenth of all speeches, whichever part they were read into. Names start with the year.
std::vector<std::string> heldOutSpeeches(const std::vector<CorpusPart>& parts)
{
    std::vector<std::string> names;
    for (const auto& part : parts)
        if (part.source.format == "speech")
            for (const auto& one : part.documents)
                names.push_back(one.name);
    std::ranges::sort(names);
    names.erase(names.begin(), names.end() - static_cast<std::ptrdiff_t>(names.size() / 10));
    return names;
}

std::vector<std::string> heldOutChapters(const std::vector<CorpusPart>& parts)
{
    std::vector<std::string> names = {"epilogue"};
    for (const auto& part : parts)
        if (part.source.format == "chapter")
            for (const auto& one : part.documents)
                if (one.name.starts_with("chapter_") &&
                    std::stoi(one.name.substr(8)) >= kFirstHeldOutChapter)
                    names.push_back(one.name);
    return names;
}

// The parts of one name become one, its documents in the order of their names.
void addHeldOut(std::vector<CorpusPart>& heldOut, CorpusPart part)
{
    if (part.documents.empty())
        return;
    const auto same =
        std::ranges::find(heldOut, part.source.name, [](const auto& p) { return p.source.name; });
    if (same == heldOut.end())
        heldOut.push_back(std::move(part));
    else
        std::ranges::move(part.documents, std::back_inserter(same->documents));
}

bool isLiterature(const CorpusSource& source)
{
    return source.format == "speech" || source.format == "chapter" || source.format == "verses" ||
           source.format == "novels";
}

void clean(Corpus& corpus)
{
    DuplicateFilter filter;
    for (const auto& part : corpus.heldOut)
        for (const auto& one : part.documents)
            for (const auto& paragraph : one.paragraphs)
                filter.remember(paragraph);
    for (auto& part : corpus.train) {
        for (auto& one : part.documents) {
            std::vector<std::string> kept;
            for (auto& paragraph : one.paragraphs) {
                ++corpus.paragraphsRead;
                if (!isLiterature(part.source) && !isProse(paragraph))
                    ++corpus.notProse;
                else if (filter.isDuplicate(paragraph))
                    ++corpus.duplicates;
                else
                    kept.push_back(std::move(paragraph));
            }
            one.paragraphs = std::move(kept);
        }
        std::erase_if(part.documents, [](const auto& one) { return one.paragraphs.empty(); });
    }
}

} // namespace

std::string CorpusDocument::text() const
{
    std::string all;
    for (const auto& paragraph : paragraphs)
        all += (all.empty() ? "" : "\n") + paragraph;
    return all;
}

namespace
{

std::vector<CorpusPart> readParts(const std::vector<CorpusSource>& sources,
                                  const std::string& folder)
{
    std::vector<CorpusPart> parts;
    const auto versions = readVersions(folder);
    for (const auto& source : sources) {
        CorpusPart part{source, "", 0, {}};
        if (const auto found = versions.find(source.package); found != versions.end())
            part.version = found->second;
        for (const auto& path : filesOf(source, folder)) {
            const std::string content = readFile(path);
            part.bytesRead += content.size();
            for (auto& one : documentsOf(source, path, content))
                part.documents.push_back(std::move(one));
        }
        parts.push_back(std::move(part));
    }
    return parts;
}

std::vector<CorpusPart> takeHeldOut(std::vector<CorpusPart>& parts)
{
    std::vector<CorpusPart> heldOut;
    const auto speeches = heldOutSpeeches(parts);
    const auto chapters = heldOutChapters(parts);
    for (auto& part : parts) {
        if (part.source.format == "speech")
            addHeldOut(heldOut, split(part, "speeches", speeches));
        if (part.source.format == "chapter")
            addHeldOut(heldOut, split(part, "moby-dick", chapters));
    }
    return heldOut;
}

} // namespace

Corpus readCorpus(const std::string& sourceList, const std::string& folder)
{
    Corpus corpus;
    corpus.train = readParts(readSources(sourceList), folder);
    corpus.heldOut = takeHeldOut(corpus.train);
    clean(corpus);
    return corpus;
}

std::vector<CorpusPart> readHeldOut(const std::string& sourceList, const std::string& folder)
{
    auto sources = readSources(sourceList);
    std::erase_if(sources, [](const auto& source) {
        return source.format != "speech" && source.format != "chapter";
    });
    auto parts = readParts(sources, folder);
    return takeHeldOut(parts);
}

} // namespace vitrine::learning
