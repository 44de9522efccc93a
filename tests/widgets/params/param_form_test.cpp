#include "widgets/params/param_form.h"

#include <QApplication>
#include <QComboBox>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>
#include <QSignalSpy>
#include <QSlider>
#include <QTest>
#include <QToolButton>

#include <gtest/gtest.h>

#include "widgets/params/field.h"
#include "widgets/params/param_row.h"

namespace vitrine
{
namespace
{

QApplication& application()
{
    return *qApp;
}

ParamSpec spec(const std::string& name, ParamType type)
{
    ParamSpec made;
    made.name = name;
    made.label = name;
    made.label[0] = static_cast<char>(std::toupper(made.label[0]));
    made.type = type;
    return made;
}

ParamSpec threshold()
{
    ParamSpec made = spec("tau", ParamType::real);
    made.minimum = 0.001;
    made.maximum = 1.0;
    made.fallback = 0.1;
    made.logarithmic = true;
    return made;
}

ParamSpec rule()
{
    ParamSpec made = spec("rule", ParamType::choice);
    made.choices = {{"absolute", "Absolute", ""}, {"uniform", "Over uniform", ""}};
    made.fallback = std::string("uniform");
    return made;
}

ParamSpec alternative(const std::string& name, ParamType type, bool multiline = false)
{
    ParamSpec made = spec(name, type);
    made.oneOf = "input";
    made.multiline = multiline;
    return made;
}

template <typename W>
W* named(const QWidget& form, const QString& name)
{
    for (W* widget : form.findChildren<W*>()) {
        if (widget->accessibleName() == name && !widget->parentWidget()->isHidden())
            return widget;
    }
    return nullptr;
}

class Form : public testing::Test
{
protected:
    void show(std::vector<ParamSpec> specs)
    {
        form.setSource([specs](const Params&) { return specs; });
        form.resize(280, 600);
        form.show();
    }

    QApplication& first = application(); // before any widget
    ParamForm form;
};

TEST_F(Form, GivesOnlyWhatDiffersFromTheDefaults)
{
    show({threshold(), rule()});
    EXPECT_TRUE(form.values().empty());

    form.setValues({{"tau", "0.25"}});

    EXPECT_EQ(form.values(), (ParamForm::Values{{"tau", "0.25"}}));
}

TEST_F(Form, TellsWhatItSaysElseThanARun)
{
    show({threshold(), rule(), spec("note", ParamType::text)});
    using Names = std::vector<std::string>;
    EXPECT_EQ(form.differencesFrom({}), Names{}) << "defaults";
    EXPECT_EQ(form.differencesFrom({{"tau", "0.10"}, {"rule", "uniform"}, {"gone", "1"}}), Names{});
    EXPECT_EQ(form.differencesFrom({{"tau", "0.2"}, {"note", "x"}}), (Names{"tau", "note"}));
    form.merge({{"tau", "0.2"}, {"rule", "absolute"}});
    EXPECT_EQ(form.differencesFrom({{"tau", "0.2"}}), Names{"rule"});

    form.markDifferencesFrom(ParamForm::Values{{"tau", "0.5"}, {"rule", "absolute"}});
    auto* mark = named<QLabel>(form, "Tau has changed");
    ASSERT_NE(mark, nullptr);
    EXPECT_TRUE(mark->isVisible());
    EXPECT_EQ(mark->toolTip(), "Changed: the run shown has 0.5");
    EXPECT_FALSE(named<QLabel>(form, "Rule has changed")->isVisible());
    form.markDifferencesFrom(std::nullopt);
    EXPECT_FALSE(mark->isVisible());
}

TEST_F(Form, CountsAnotherAlternativeAsOneDifference)
{
    show({alternative("prompt", ParamType::text), alternative("file", ParamType::file)});
    using Names = std::vector<std::string>;
    form.setValues({{"prompt", "peace"}});
    EXPECT_EQ(form.differencesFrom({{"prompt", "peace"}}), Names{});
    EXPECT_EQ(form.differencesFrom({{"file", "/a.txt"}}), Names{"prompt"});
    form.setValues({{"file", "/a.txt"}});
    EXPECT_EQ(form.differencesFrom({{"file", "/a.txt"}}), Names{});
    EXPECT_EQ(form.differencesFrom({{"prompt", "peace"}}), Names{"file"});
}

TEST_F(Form, SaysThatItHasChangedWhoeverChangesIt)
{
    show({threshold(), rule()});
    QSignalSpy changed(&form, &ParamForm::changed);
    form.setValues({{"tau", "0.2"}});
    EXPECT_EQ(changed.count(), 1);
    form.merge({{"tau", "0.3"}});
    EXPECT_EQ(changed.count(), 2);
    auto* line = named<QLineEdit>(form, "Tau");
    line->selectAll();
    QTest::keyClicks(line, "1");
    EXPECT_EQ(changed.count(), 3);
}

TEST_F(Form, TakesACommaForAPoint)
{
    show({threshold()});
    auto* line = named<QLineEdit>(form, "Tau");
    ASSERT_NE(line, nullptr);

    line->setFocus();
    line->selectAll();
    QTest::keyClicks(line, "0,5");

    EXPECT_EQ(form.values().at("tau"), "0.5");
    EXPECT_TRUE(form.checkAll().isEmpty());
}

TEST_F(Form, SaysBesideTheFieldWhatIsWrong)
{
    show({threshold()});
    auto* line = named<QLineEdit>(form, "Tau");

    line->selectAll();
    QTest::keyClicks(line, "7");

    EXPECT_TRUE(line->property("invalid").toBool());
    const QStringList problems = form.checkAll();
    ASSERT_EQ(problems.size(), 1);
    const auto labels = form.row("tau")->findChildren<QLabel*>();
    EXPECT_TRUE(
        std::ranges::any_of(labels, [&](QLabel* label) { return label->text() == problems[0]; }));
}

TEST_F(Form, SaysWhileItIsTypedWhatIsWrongWithATextOfItsOwnRules)
{
    ParamSpec codecs = spec("codecs", ParamType::text);
    codecs.fallback = std::string("x264:crf=23");
    codecs.check = [](const std::string& text) -> Result<void> {
        if (!text.starts_with("x264:"))
            return argumentError("codecs: \"{}\" is none", text);
        return {};
    };
    show({codecs});
    auto* line = named<QLineEdit>(form, "Codecs");
    const auto says = [&](const QString& words) {
        const auto labels = form.row("codecs")->findChildren<QLabel*>();
        return std::ranges::any_of(labels,
                                   [&](const QLabel* label) { return label->text() == words; });
    };

    line->selectAll();
    QTest::keyClicks(line, "x264");
    EXPECT_TRUE(line->property("invalid").toBool());
    EXPECT_TRUE(says("codecs: \"x264\" is none"));
    EXPECT_EQ(form.checkAll().size(), 1) << "Run does not begin";

    QTest::keyClicks(line, ":crf=20");
    EXPECT_FALSE(line->property("invalid").toBool());
    EXPECT_TRUE(form.checkAll().isEmpty());
}

TEST_F(Form, TakesTheMinusSignThatTheWindowWrites)
{
    ParamSpec offset = spec("offset", ParamType::integer);
    show({offset});
    auto* line = named<QLineEdit>(form, "Offset");

    line->setText(QString::fromUtf8("−3"));

    EXPECT_EQ(form.values().at("offset"), "-3");
    EXPECT_TRUE(form.checkAll().isEmpty());
}

TEST_F(Form, ResetGoesBackToTheDefault)
{
    show({threshold()});
    form.setValues({{"tau", "0.5"}});
    auto* reset = named<QToolButton>(form, "Reset Tau");
    ASSERT_NE(reset, nullptr);

    QTest::mouseClick(reset, Qt::LeftButton);

    EXPECT_TRUE(form.values().empty());
    EXPECT_TRUE(reset->isHidden());
}

TEST_F(Form, SliderMovesInDecadesAndStaysInRange)
{
    show({threshold()});
    auto* slider = named<QSlider>(form, "Tau slider");
    ASSERT_NE(slider, nullptr);

    slider->setValue(slider->minimum());
    EXPECT_EQ(form.values().at("tau"), "0.001");
    slider->setValue((slider->minimum() + slider->maximum()) / 2);
    EXPECT_NEAR(std::stod(form.values().at("tau")), 0.0316, 0.0005);
    slider->setValue(slider->maximum());
    EXPECT_EQ(form.values().at("tau"), "1");
}

TEST_F(Form, OfAlternativesExactlyTheShownOneIsGiven)
{
    show({alternative("prompt", ParamType::text, true), alternative("file", ParamType::text)});
    form.setValues({{"prompt", "Call me Ishmael"}});
    auto* other = named<QPushButton>(form, "File");
    ASSERT_NE(other, nullptr);

    QTest::mouseClick(other, Qt::LeftButton);
    EXPECT_TRUE(form.values().empty());
    EXPECT_EQ(form.checkAll(), QStringList{"File is needed"});
    form.merge({{"prompt", "Call me"}});

    EXPECT_EQ(form.values(), (ParamForm::Values{{"prompt", "Call me"}}));
}

TEST_F(Form, EnterInThePromptRunsAndShiftEnterDoesNot)
{
    show({alternative("prompt", ParamType::text, true)});
    auto* prompt = named<QPlainTextEdit>(form, "Prompt");
    ASSERT_NE(prompt, nullptr);
    QSignalSpy runs(&form, &ParamForm::runRequested);

    QTest::keyClicks(prompt, "one");
    QTest::keyClick(prompt, Qt::Key_Return, Qt::ShiftModifier);
    EXPECT_EQ(runs.count(), 0);
    QTest::keyClick(prompt, Qt::Key_Return);

    EXPECT_EQ(runs.count(), 1);
    EXPECT_EQ(form.values().at("prompt"), "one\n");
}

TEST_F(Form, AsksForSpecsAgainWhenAChoiceChanges)
{
    form.setSource([](const Params& chosen) {
        std::vector<ParamSpec> specs = {rule()};
        if (chosen.has("rule") && chosen.text("rule") == "absolute")
            specs.push_back(threshold());
        return specs;
    });
    EXPECT_EQ(form.row("tau"), nullptr);

    form.merge({{"rule", "absolute"}, {"tau", "0.3"}});

    ASSERT_NE(form.row("tau"), nullptr);
    EXPECT_EQ(form.values().at("tau"), "0.3");
}

TEST_F(Form, FoldsAdvancedParametersAway)
{
    ParamSpec seed = spec("seed", ParamType::integer);
    seed.fallback = std::int64_t{42};
    seed.advanced = true;
    show({threshold(), seed});
    auto* fold = named<QToolButton>(form, "Advanced parameters");
    ASSERT_NE(fold, nullptr);
    EXPECT_FALSE(form.row("seed")->isVisible());

    QTest::mouseClick(fold, Qt::LeftButton);

    EXPECT_TRUE(form.row("seed")->isVisible());
}

TEST_F(Form, MissingRequiredValueIsNamed)
{
    show({spec("task", ParamType::text)});

    EXPECT_EQ(form.checkAll(), QStringList{"Task is needed"});
}

TEST(ParamForm, APromptTooLongToLayOutIsShownInPartAndKeptWhole)
{
    application();
    ParamSpec prompt = spec("prompt", ParamType::text);
    prompt.multiline = true;
    const std::unique_ptr<Field> field(createField(prompt, nullptr));
    const QString endless(1 << 20, 'x');

    field->setText(endless);

    auto* editor = qobject_cast<QPlainTextEdit*>(field->input());
    ASSERT_NE(editor, nullptr);
    EXPECT_LT(editor->toPlainText().size(), 5000);
    EXPECT_TRUE(editor->isReadOnly()) << "a part is not edited as if it were the whole";
    EXPECT_EQ(field->text(), endless) << "what is run is the whole";
    QTest::keyClick(editor, Qt::Key_Delete);
    EXPECT_EQ(field->text(), QString());
    QTest::keyClicks(editor, "A fox.");
    EXPECT_EQ(field->text(), "A fox.");
}

} // namespace
} // namespace vitrine
