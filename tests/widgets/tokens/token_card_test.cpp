#include "widgets/tokens/token_card.h"

#include <QLabel>

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

const QLabel* labelNamed(const TokenCard& card, const QString& name)
{
    for (const QLabel* label : card.findChildren<QLabel*>())
        if (label->accessibleName() == name)
            return label;
    return nullptr;
}

TEST(TokenCard, SaysWhatIsCountedAndWhatWasDoneToTheText)
{
    TokenCard card("Sinks counted", "what a badge is", nullptr);
    card.setCount("512 tokens");
    card.setNotes({});
    card.show();
    const QLabel *count = labelNamed(card, "Sinks counted"),
                 *notes = labelNamed(card, "What was done to the text");
    ASSERT_TRUE(count && notes);
    EXPECT_EQ(count->text(), "512 tokens");
    EXPECT_EQ(count->toolTip(), "what a badge is");
    EXPECT_FALSE(notes->isVisible());

    card.setNotes({"It was cut.", "Two documents."});
    EXPECT_TRUE(notes->isVisible());
    EXPECT_EQ(notes->text(), "It was cut.\nTwo documents.");
}

} // namespace
} // namespace vitrine
