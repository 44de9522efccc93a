#include "core/learning/tasks/cloze.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cctype>
#include <numeric>
#include <set>
#include <stdexcept>

namespace vitrine::learning
{
namespace
{

constexpr size_t kShortestSentence = 40, kLongestSentence = 140; // bytes, of a continuation
constexpr size_t kShortestPrompt = 120, kLongestPrompt = 420;    // bytes
constexpr size_t kWrongChoices = 3;
constexpr size_t kCandidates = 12; // the nearest in length among which the wrong choices are drawn

// splitmix64: this half of learning also builds alone, and the numbers must be the same everywhere.
class Draw
{
public:
    explicit Draw(uint64_t seed) : state_(seed) {}
    size_t below(size_t bound)
    {
        state_ += 0x9e3779b97f4a7c15;
        uint64_t z = state_;
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return static_cast<size_t>((z ^ (z >> 31)) %
                                   bound); // the bias of 2^64 mod bound is nothing here
    }
    template <typename T>
    void shuffle(std::vector<T>& list)
    {
        for (size_t i = list.size(); i > 1; --i)
            std::swap(list[i - 1], list[below(i)]);
    }

private:
    uint64_t state_;
};

bool isUpper(char c)
{
    return c >= 'A' && c <= 'Z';
}

// The word that ends at `end` (not included) cannot end a sentence with a period.
bool isAbbreviation(const std::string& text, size_t end)
{
    static const std::set<std::string> kKnown = {"Mr", "Mrs", "Ms",  "Dr",  "St",     "Jr",
                                                 "Sr", "Gen", "Sen", "Rep", "Col",    "Capt",
                                                 "Lt", "No",  "vs",  "etc", "Messrs", "viz"};
    size_t start = end;
    while (start > 0 && std::isalpha(static_cast<unsigned char>(text[start - 1])))
        --start;
    const std::string word = text.substr(start, end - start);
    return word.size() < 2 || kKnown.contains(word) || (start > 0 && text[start - 1] == '.');
}

// Starts like a sentence, ends like one, holds nothing that only makes sense with its surroundings'
// marks.
bool isPlainSentence(const std::string& sentence)
{
    return !sentence.empty() && isUpper(sentence.front()) &&
           std::string(".?!").find(sentence.back()) != std::string::npos &&
           sentence.find_first_of("\"()[]{}<>*_:;\n") == std::string::npos &&
           std::count(sentence.begin(), sentence.end(), ' ') >= 5;
}

struct Candidate {
    std::string document, prompt, continuation;
};

// Every place of a paragraph where whole sentences are followed by a plain one; no two of them
// share a sentence. (A speech is one paragraph.)
void addCandidates(const std::string& document, const std::string& paragraph,
                   std::vector<Candidate>& found)
{
    const auto all = sentences(paragraph);
    size_t free = 0; // first sentence that no candidate has
    for (size_t next = 2; next < all.size(); ++next) {
        const std::string& continuation = all[next];
        if (next < free + 2 || continuation.size() < kShortestSentence ||
            continuation.size() > kLongestSentence || !isPlainSentence(continuation))
            continue;
        std::string prompt = all[next - 2] + " " + all[next - 1];
        if (prompt.size() < kShortestPrompt && next >= free + 3)
            prompt = all[next - 3] + " " + prompt;
        if (prompt.size() < kShortestPrompt || prompt.size() > kLongestPrompt ||
            !isUpper(prompt.front()))
            continue;
        found.push_back({document, std::move(prompt), continuation});
        free = next + 1;
    }
}

std::vector<Candidate> candidatesOf(const CorpusPart& part)
{
    std::vector<Candidate> all;
    for (const auto& document : part.documents)
        for (const auto& paragraph : document.paragraphs)
            addCandidates(document.name, paragraph, all);
    std::set<std::string> seen; // phrases that are said every year are no riddle
    std::erase_if(all, [&](const Candidate& one) { return !seen.insert(one.continuation).second; });
    return all;
}

// Continuations out of other documents, nearest in length first, three of the nearest twelve.
std::vector<std::string> wrongChoices(const std::vector<Candidate>& all, const Candidate& right,
                                      Draw& draw)
{
    std::vector<const Candidate*> others;
    for (const auto& one : all)
        if (one.document != right.document)
            others.push_back(&one);
    const auto distance = [&](const Candidate* one) {
        const size_t a = one->continuation.size(), b = right.continuation.size();
        return a > b ? a - b : b - a;
    };
    draw.shuffle(others); // who is nearest among equals is chance, not the order of the files
    std::stable_sort(others.begin(), others.end(), [&](const Candidate* a, const Candidate* b) {
        return distance(a) < distance(b);
    });
    others.resize(std::min(others.size(), kCandidates));
    draw.shuffle(others);
    std::vector<std::string> choices;
    for (size_t i = 0; i < std::min(others.size(), kWrongChoices); ++i)
        choices.push_back(others[i]->continuation);
    return choices;
}

void addItems(const CorpusPart& part, const std::vector<Candidate>& all, size_t count, Draw& draw,
              std::vector<ClozeItem>& items)
{
    std::vector<size_t> order(all.size());
    std::iota(order.begin(), order.end(), size_t{0});
    draw.shuffle(order);
    order.resize(std::min(order.size(), count));
    std::sort(order.begin(), order.end()); // items in the order of the text
    for (const size_t index : order) {
        const Candidate& right = all[index];
        ClozeItem item{part.source.name, right.document, right.prompt,
                       wrongChoices(all, right, draw), 0};
        if (item.choices.size() < kWrongChoices)
            continue;
        item.answer = static_cast<int>(draw.below(kWrongChoices + 1));
        item.choices.insert(item.choices.begin() + item.answer, right.continuation);
        items.push_back(std::move(item));
    }
}

} // namespace

std::vector<std::string> sentences(const std::string& paragraph)
{
    std::vector<std::string> all;
    size_t start = 0;
    for (size_t i = 0; i < paragraph.size(); ++i) {
        if (std::string(".?!").find(paragraph[i]) == std::string::npos)
            continue;
        size_t end = i + 1;
        while (end < paragraph.size() &&
               (paragraph[end] == '"' || paragraph[end] == '\'' || paragraph[end] == ')'))
            ++end;
        const bool atEnd = end == paragraph.size();
        const bool next = end + 1 < paragraph.size() && paragraph[end] == ' ' &&
                          (isUpper(paragraph[end + 1]) || paragraph[end + 1] == '"');
        if (!atEnd && (!next || (paragraph[i] == '.' && isAbbreviation(paragraph, i))))
            continue;
        all.push_back(paragraph.substr(start, end - start));
        start = end + 1;
        i = end;
    }
    return all; // what has no end is left out
}

std::vector<ClozeItem> clozeItems(const std::vector<CorpusPart>& heldOut,
                                  const ClozeOptions& options)
{
    std::vector<std::vector<Candidate>> candidates;
    size_t total = 0;
    for (const auto& part : heldOut) {
        candidates.push_back(candidatesOf(part));
        total += candidates.back().size();
    }
    Draw draw(options.seed);
    std::vector<ClozeItem> items;
    for (size_t i = 0; i < heldOut.size(); ++i) {
        const size_t share = options.items * candidates[i].size() / std::max<size_t>(1, total);
        addItems(heldOut[i], candidates[i], std::max(share, options.items / 4), draw, items);
    }
    if (items.empty())
        throw std::runtime_error("the held-out text gives no item");
    return items;
}

std::string clozeJson(const std::vector<ClozeItem>& items)
{
    std::string lines;
    for (const auto& item : items) {
        nlohmann::ordered_json line;
        line["prompt"] = item.prompt;
        line["choices"] = item.choices;
        line["answer"] = item.answer;
        line["dataset"] = item.source;
        line["document"] = item.document;
        lines += line.dump() + "\n";
    }
    return lines;
}

} // namespace vitrine::learning
