#include "core/learning/tasks/cloze.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <set>

namespace vitrine::learning
{
namespace
{

using testing::ElementsAre;

TEST(Sentences, EndAtMarksButNotAtAbbreviations)
{
    EXPECT_THAT(sentences("The sea rose. Did it? It did!"),
                ElementsAre("The sea rose.", "Did it?", "It did!"));
    EXPECT_THAT(sentences("Mr. Smith met Dr. Who of the U.S. Senate. They left."),
                ElementsAre("Mr. Smith met Dr. Who of the U.S. Senate.", "They left."));
    EXPECT_THAT(sentences("He said \"Go.\" They went. And no end"),
                ElementsAre("He said \"Go.\"", "They went."));
    EXPECT_THAT(sentences("It cost 3.5 dollars in all."),
                ElementsAre("It cost 3.5 dollars in all."));
}

// Three documents of paragraphs whose third sentence says where it stands.
CorpusPart part(const std::string& name)
{
    CorpusPart made;
    made.source.name = name;
    for (int d = 0; d < 3; ++d) {
        CorpusDocument document{name + std::to_string(d), {}};
        for (int p = 0; p < 5; ++p) {
            const std::string place(1, static_cast<char>('a' + 5 * d + p));
            document.paragraphs.push_back(
                "There was a long and quiet evening over the wide grey water of the bay. Nobody on "
                "the ship had anything "
                "to do but wait for the wind. Then somebody spoke of the place called " +
                place + std::string(static_cast<size_t>(2 * p), 'x') + " at " + name + ".");
        }
        made.documents.push_back(document);
    }
    return made;
}

TEST(Cloze, WrongChoicesComeFromOtherDocumentsOfTheSamePart)
{
    const auto items = clozeItems({part("one"), part("two")}, {.items = 20});

    EXPECT_GE(items.size(), 20u);
    std::set<int> answers;
    std::set<std::string> prompts;
    for (const auto& item : items) {
        ASSERT_EQ(item.choices.size(), 4u);
        answers.insert(item.answer);
        std::set<std::string> different(item.choices.begin(), item.choices.end());
        EXPECT_EQ(different.size(), 4u);
        for (size_t c = 0; c < 4; ++c) {
            EXPECT_TRUE(item.choices[c].ends_with(" at " + item.source + "."));
            const auto documents = part(item.source).documents;
            const auto document =
                std::ranges::find(documents, item.document, &CorpusDocument::name);
            ASSERT_NE(document, documents.end());
            const bool own = document->text().find(item.choices[c]) != std::string::npos;
            EXPECT_EQ(own, static_cast<int>(c) == item.answer);
        }
    }
    EXPECT_EQ(answers.size(), 4u); // every place is right now and then
}

TEST(Cloze, TheSameTextGivesTheSameItems)
{
    EXPECT_EQ(clozeJson(clozeItems({part("one")}, {.items = 9})),
              clozeJson(clozeItems({part("one")}, {.items = 9})));
    EXPECT_NE(clozeJson(clozeItems({part("one")}, {.items = 9})),
              clozeJson(clozeItems({part("one")}, {.items = 9, .seed = 7})));
    EXPECT_THROW(clozeItems({}, {}), std::runtime_error);
}

} // namespace
} // namespace vitrine::learning
