#include "widgets/page/state_pages.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QLabel>
#include <QProgressBar>
#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

#include <gtest/gtest.h>

namespace vitrine
{
namespace
{

struct StatePagesTest : testing::Test {
    QWidget view;
    QLabel* empty = new QLabel("Nothing yet", &view);
    QLabel* content = new QLabel("Maps", &view);
    StatePages* pages = new StatePages(
        empty, [](QSize size) { return std::vector<SkeletonCard>{{QRect({}, size)}}; },
        "There is no map to show", content, &view);

    StatePagesTest()
    {
        pages->resize(600, 400);
        view.resize(600, 400);
        view.show();
    }

    QString words() const
    {
        QStringList all;
        for (const QLabel* label : pages->currentWidget()->findChildren<QLabel*>())
            if (label->isVisibleTo(pages))
                all << label->text();
        return all.join(' ');
    }
};

TEST_F(StatePagesTest, BeginsEmpty)
{
    EXPECT_EQ(pages->currentWidget(), empty);
    EXPECT_FALSE(pages->showsContent());
}

TEST_F(StatePagesTest, ContentStaysWhateverElseGoesOn)
{
    pages->setState({.hasContent = true, .loading = "Opening", .failure = "cannot read a.bin"});
    EXPECT_EQ(pages->currentWidget(), content);
    EXPECT_TRUE(pages->showsContent());
}

TEST_F(StatePagesTest, AMegabyteIsCutWhereItIsShownAndCopiedWhole)
{
    const QString endless(1 << 20, 'x');

    pages->setState({.failure = endless});

    EXPECT_LT(words().size(), 3000) << "what is laid out is bounded";
    EXPECT_TRUE(words().contains(QChar(0x2026)));
    for (QPushButton* button : pages->currentWidget()->findChildren<QPushButton*>())
        if (button->text() == "Copy details")
            button->click();
    EXPECT_EQ(QGuiApplication::clipboard()->text(), endless);
}

TEST_F(StatePagesTest, WhatAFileSaysIsNoMarkup)
{
    pages->setState({.failure = "<b>tensor</b> has 2 dimensions"});

    const auto* said = pages->currentWidget()->findChild<QLabel*>();
    ASSERT_NE(said, nullptr);
    for (const QLabel* label : pages->currentWidget()->findChildren<QLabel*>())
        if (label->text().contains("tensor")) {
            EXPECT_EQ(label->textFormat(), Qt::PlainText);
        }
}

TEST_F(StatePagesTest, WorkIsToldBeforeAnEarlierFailure)
{
    pages->setState({.loading = "Opening the capture", .fraction = 0.25, .failure = "no file"});
    EXPECT_TRUE(words().contains("Opening the capture"));
    const auto* bar = pages->currentWidget()->findChild<QProgressBar*>();
    ASSERT_NE(bar, nullptr);
    EXPECT_DOUBLE_EQ(static_cast<double>(bar->value()) / bar->maximum(), 0.25);
}

TEST_F(StatePagesTest, AFailureSaysWhatAndOffersAnotherTryOnlyWhereThereIsOne)
{
    QSignalSpy wished(pages, &StatePages::retryWished);
    const auto retry = [this]() -> QPushButton* {
        for (QPushButton* button : pages->currentWidget()->findChildren<QPushButton*>())
            if (button->text() == "Try again" && button->isVisible())
                return button;
        return nullptr;
    };
    pages->setState({.failure = "cannot read a.bin: it ends within byte 12"});
    EXPECT_TRUE(words().contains("There is no map to show"));
    EXPECT_TRUE(words().contains("it ends within byte 12"));
    EXPECT_EQ(retry(), nullptr);

    pages->setState({.failure = "the worker died", .canRetry = true});
    ASSERT_NE(retry(), nullptr);
    QTest::mouseClick(retry(), Qt::LeftButton);
    EXPECT_EQ(wished.count(), 1);
}

} // namespace
} // namespace vitrine
