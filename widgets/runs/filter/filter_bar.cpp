#include "widgets/runs/filter/filter_bar.h"

#include <QAbstractItemView>
#include <QCompleter>
#include <QHBoxLayout>
#include <QJsonObject>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPushButton>
#include <QStringListModel>
#include <QVBoxLayout>

#include "widgets/page/flow_layout.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/text.h"

#include <algorithm>

namespace vitrine
{
namespace
{

constexpr int kTypingMs = 120;

// Places in UTF-8, as the parser tells them, and in the field's text.
qsizetype charactersIn(const QString& text, std::size_t bytes)
{
    return QString::fromUtf8(text.toUtf8().left(static_cast<qsizetype>(bytes))).size();
}

QString chipWords(const FilterTerm& term)
{
    QString words = fromUtf8(filterText(term));
    if (term.relation == Relation::is && term.field != FilterField::words)
        words.replace(words.indexOf(':'), 1, ": ");
    return term.negated ? "not " + words.mid(1) : words;
}

} // namespace

FilterBar::FilterBar(QWidget* parent)
    : QWidget(parent),
      line_(new QLineEdit(this)),
      count_(new QLabel(this)),
      problem_(new QLabel(this)),
      add_(new QPushButton("Filter", this)),
      savedButton_(new QPushButton("Searches", this)),
      addMenu_(new QMenu(this)),
      savedMenu_(new QMenu(this)),
      chips_(new QWidget(this)),
      flow_(new FlowLayout(chips_, 4)),
      completer_(new QCompleter(this)),
      offers_(new QStringListModel(this))
{
    setFocusProxy(line_);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(makeField());
    problem_->setProperty("role", "error");
    problem_->setAccessibleName("What the filter does not say");
    problem_->setTextFormat(Qt::PlainText);
    problem_->setWordWrap(true);
    problem_->hide();
    column->addWidget(problem_);
    column->addWidget(chips_);

    completer_->setModel(offers_);
    completer_->setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    completer_->setWidget(line_);
    completer_->setMaxVisibleItems(12);
    connect(completer_, qOverload<const QString&>(&QCompleter::activated), this,
            &FilterBar::takeCompletion);
    typing_.setSingleShot(true);
    typing_.setInterval(kTypingMs);
    connect(&typing_, &QTimer::timeout, this, &FilterBar::filterChanged);
    connect(line_, &QLineEdit::textChanged, this, [this] {
        parse();
        typing_.start();
    });
    connect(line_, &QLineEdit::textEdited, this, &FilterBar::offerCompletions);
    connect(addMenu_, &QMenu::aboutToShow, this, &FilterBar::fillAddMenu);
    connect(savedMenu_, &QMenu::aboutToShow, this, &FilterBar::fillSavedMenu);
    rebuildChips();
}

QWidget* FilterBar::makeField()
{
    auto* bar = new QWidget(this);
    auto* row = new QHBoxLayout(bar);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(8);
    line_->setPlaceholderText("experiment:video.compare psnr_y>35 tag:paper date>2026-11 words");
    line_->setAccessibleName("Filter runs");
    line_->setToolTip("Terms that all hold; a minus before a term means not.\n"
                      "word · experiment:ID · state:done,failed · tag:NAME · date>2026-11-01\n"
                      "seconds>10 · has:METRIC · METRIC>35 · PARAMETER:text");
    line_->setClearButtonEnabled(true);
    line_->addAction(theme::icon("search"), QLineEdit::LeadingPosition);
    add_->setProperty("menu", true);
    add_->setAccessibleName("Add a filter");
    add_->setToolTip("Choose from what the runs of this workspace have");
    add_->setMenu(addMenu_);
    savedButton_->setProperty("menu", true);
    savedButton_->setAccessibleName("Saved searches");
    savedButton_->setToolTip("Keep this filter under a name, or take one that was kept");
    savedButton_->setMenu(savedMenu_);
    count_->setProperty("role", "muted");
    count_->setAccessibleName("How many runs match");
    row->addWidget(line_, 1);
    row->addWidget(add_);
    row->addWidget(savedButton_);
    row->addWidget(count_);
    return bar;
}

QString FilterBar::text() const
{
    return line_->text();
}

void FilterBar::setText(const QString& text)
{
    const QSignalBlocker quiet(line_);
    line_->setText(text);
    typing_.stop();
    parse();
}

void FilterBar::setVocabulary(RunVocabulary words)
{
    words_ = std::move(words);
}

void FilterBar::setUnknownNames(const std::vector<FilterProblem>& problems)
{
    unknown_ = problems;
    showProblems();
}

void FilterBar::setCount(const QString& words)
{
    count_->setText(words);
}

void FilterBar::setBrush(const QString& words)
{
    if (brush_ == words)
        return;
    brush_ = words;
    rebuildChips();
}

void FilterBar::parse()
{
    filter_ = parseFilter(line_->text().toStdString());
    unknown_.clear();
    showProblems();
    rebuildChips();
}

void FilterBar::showProblems()
{
    const auto& problems = !filter_.problems.empty() ? filter_.problems : unknown_;
    const QString text = problems.empty() ? QString() : fromUtf8(problems.front().message);
    problem_->setText(text);
    problem_->setVisible(!text.isEmpty());
    if (line_->property("invalid").toBool() != !text.isEmpty()) {
        line_->setProperty("invalid", !text.isEmpty());
        line_->setStyleSheet(line_->styleSheet()); // reads the property again
    }
}

void FilterBar::rebuildChips()
{
    while (QLayoutItem* item = flow_->takeAt(0)) {
        item->widget()->deleteLater();
        delete item;
    }
    const auto chip = [this](const QString& words, const QString& help) {
        auto* made = new QPushButton(words + "  ×", chips_);
        made->setProperty("kind", "chip");
        made->setCheckable(true);
        made->setChecked(true);
        made->setAccessibleName("Take away " + words);
        made->setToolTip(help);
        flow_->addWidget(made);
        made->show();
        return made;
    };
    for (const FilterTerm& term : filter_.terms)
        connect(chip(chipWords(term), "Take this term away"), &QPushButton::clicked, this,
                [this, term] { removeTerm(term); });
    if (!brush_.isEmpty())
        connect(chip(brush_, "Show all runs again"), &QPushButton::clicked, this,
                &FilterBar::brushDropped);
    chips_->setVisible(flow_->count() > 0);
    chips_->updateGeometry();
}

void FilterBar::addTerm(const QString& term)
{
    const QString before = line_->text().trimmed();
    line_->setText(before.isEmpty() ? term : before + " " + term);
    typing_.stop();
    emit filterChanged();
}

void FilterBar::removeTerm(const FilterTerm& term)
{
    QByteArray bytes = line_->text().toUtf8();
    bytes.remove(static_cast<qsizetype>(term.begin), static_cast<qsizetype>(term.length));
    line_->setText(QString::fromUtf8(bytes).simplified());
    typing_.stop();
    emit filterChanged();
    line_->setFocus();
}

void FilterBar::begin(const QString& start)
{
    const QString before = line_->text().trimmed();
    line_->setText(before.isEmpty() ? start : before + " " + start);
    typing_.stop(); // there is nothing to search for yet
    line_->setFocus();
    offerCompletions();
}

void FilterBar::offerCompletions()
{
    const QString text = line_->text();
    const auto cursor = text.left(line_->cursorPosition()).toUtf8().size();
    completions_ = filterCompletions(text.toStdString(), static_cast<std::size_t>(cursor), words_);
    const bool atStart = text.left(line_->cursorPosition()).trimmed().isEmpty();
    if (completions_.empty() || atStart || text.left(line_->cursorPosition()).endsWith(' ')) {
        completer_->popup()->hide();
        return;
    }
    QStringList texts;
    for (const FilterCompletion& each : completions_)
        texts << fromUtf8(each.text);
    offers_->setStringList(texts);
    QRect place = line_->rect();
    place.setWidth(std::min(place.width(), 320));
    completer_->complete(place);
}

void FilterBar::takeCompletion(const QString& text)
{
    const auto chosen =
        std::ranges::find(completions_, text.toStdString(), &FilterCompletion::text);
    if (chosen == completions_.end())
        return;
    QByteArray bytes = line_->text().toUtf8();
    bytes.replace(static_cast<qsizetype>(chosen->begin), static_cast<qsizetype>(chosen->length),
                  QByteArray::fromStdString(chosen->text));
    const QString whole = QString::fromUtf8(bytes);
    const auto cursor = charactersIn(whole, chosen->begin + chosen->text.size());
    line_->setText(whole);
    line_->setCursorPosition(static_cast<int>(cursor));
}

} // namespace vitrine
