#include "widgets/params/text_fields.h"

#include <QCheckBox>
#include <QComboBox>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QPlainTextEdit>
#include <QSignalBlocker>
#include <QStandardItemModel>
#include <QToolButton>

#include "core/jobs/experiment/model_names.h"
#include "widgets/params/segmented_switch.h"
#include "widgets/theme/icon.h"
#include "widgets/theme/shown_text.h"
#include "widgets/theme/text.h"

#include <numeric>

namespace vitrine
{
namespace
{

constexpr int kPromptHeight = 84;
constexpr std::size_t kMostWords = 3, kMostLetters = 26; // of a switch that fits the panel

QHBoxLayout* bareRow(QWidget* parent)
{
    auto* row = new QHBoxLayout(parent);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(4);
    return row;
}

bool fitsSwitch(const ParamSpec& spec)
{
    const auto letters = std::accumulate(
        spec.choices.begin(), spec.choices.end(), std::size_t{0},
        [](std::size_t sum, const ParamChoice& choice) { return sum + choice.label.size(); });
    return spec.choices.size() <= kMostWords && letters <= kMostLetters;
}

} // namespace

LineField::LineField(QWidget* parent) : Field(parent), line_(new QLineEdit(this))
{
    bareRow(this)->addWidget(line_);
    setFocusProxy(line_);
    connect(line_, &QLineEdit::textEdited, this, &Field::edited);
    connect(line_, &QLineEdit::editingFinished, this, &Field::settled);
}

QString LineField::text() const
{
    return line_->text();
}

void LineField::setText(const QString& text)
{
    line_->setText(text);
}

QWidget* LineField::input() const
{
    return line_;
}

PromptField::PromptField(QWidget* parent) : Field(parent), editor_(new QPlainTextEdit(this))
{
    bareRow(this)->addWidget(editor_);
    editor_->setFixedHeight(kPromptHeight);
    editor_->setTabChangesFocus(true);
    editor_->setPlaceholderText("Type a text and press Enter");
    editor_->installEventFilter(this);
    setFocusProxy(editor_);
    connect(editor_, &QPlainTextEdit::textChanged, this, &Field::edited);
}

QString PromptField::text() const
{
    return cut_ ? whole_ : editor_->toPlainText();
}

// A text too long to be laid out is shown in part and can only be replaced as a whole.
void PromptField::setText(const QString& text)
{
    const QSignalBlocker quiet(editor_);
    if (text == this->text())
        return;
    cut_ = showText(*editor_, text);
    whole_ = cut_ ? text : QString();
    editor_->setReadOnly(cut_);
    editor_->setToolTip(cut_ ? QString("Only the beginning is shown; all %1 characters are used. "
                                       "Press Delete to type another text.")
                                   .arg(countWords(static_cast<std::int64_t>(text.size())))
                             : QString());
}

QWidget* PromptField::input() const
{
    return editor_;
}

bool PromptField::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::FocusOut)
        emit settled();
    if (event->type() == QEvent::KeyPress) {
        const auto* press = static_cast<QKeyEvent*>(event);
        if (cut_ && (press->key() == Qt::Key_Delete || press->key() == Qt::Key_Backspace)) {
            setText({});
            emit edited();
            return true;
        }
        const bool enter = press->key() == Qt::Key_Return || press->key() == Qt::Key_Enter;
        if (enter && !(press->modifiers() & Qt::ShiftModifier)) {
            emit settled();
            emit runRequested();
            return true;
        }
    }
    return Field::eventFilter(watched, event);
}

SwitchField::SwitchField(const ParamSpec& spec, QWidget* parent)
    : Field(parent), box_(new QCheckBox(QString::fromStdString(spec.label), this))
{
    bareRow(this)->addWidget(box_);
    setFocusProxy(box_);
    connect(box_, &QCheckBox::clicked, this, [this] {
        emit edited();
        emit settled();
    });
}

QString SwitchField::text() const
{
    return box_->isChecked() ? "true" : "false";
}

void SwitchField::setText(const QString& text)
{
    box_->setChecked(text == "true" || text == "1" || text == "on" || text == "yes");
}

QWidget* SwitchField::input() const
{
    return box_;
}

ChoiceField::ChoiceField(const ParamSpec& spec, QWidget* parent) : Field(parent), spec_(spec)
{
    const auto taken = [this] {
        emit edited();
        emit settled();
    };
    if (fitsSwitch(spec)) {
        words_ = new SegmentedSwitch(this);
        QStringList labels, helps;
        for (const ParamChoice& choice : spec.choices) {
            labels << QString::fromStdString(choice.label);
            helps << QString::fromStdString(choice.help);
        }
        words_->setOptions(labels, helps);
        connect(words_, &SegmentedSwitch::chosen, this, taken);
        bareRow(this)->addWidget(words_);
        return;
    }
    combo_ = new QComboBox(this);
    combo_->setMinimumContentsLength(8);
    combo_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    for (const ParamChoice& choice : spec.choices) {
        combo_->addItem(QString::fromStdString(choice.label), QString::fromStdString(choice.value));
        combo_->setItemData(combo_->count() - 1, QString::fromStdString(choice.help),
                            Qt::ToolTipRole);
    }
    connect(combo_, &QComboBox::activated, this, taken);
    setFocusProxy(combo_);
    bareRow(this)->addWidget(combo_);
}

QString ChoiceField::text() const
{
    const int index = combo_ != nullptr ? combo_->currentIndex() : words_->current();
    const auto place = static_cast<std::size_t>(index);
    return index >= 0 && place < spec_.choices.size()
               ? QString::fromStdString(spec_.choices[place].value)
               : "";
}

void ChoiceField::setText(const QString& text)
{
    for (std::size_t i = 0; i < spec_.choices.size(); ++i) {
        if (spec_.choices[i].value != text.toStdString())
            continue;
        if (combo_ != nullptr)
            combo_->setCurrentIndex(static_cast<int>(i));
        else
            words_->setCurrent(static_cast<int>(i));
    }
}

QWidget* ChoiceField::input() const
{
    return combo_ != nullptr ? static_cast<QWidget*>(combo_) : words_;
}

PathField::PathField(const ParamSpec& spec, QWidget* parent) : Field(parent), spec_(spec)
{
    QHBoxLayout* row = bareRow(this);
    if (spec.type == ParamType::model) {
        combo_ = new QComboBox(this);
        combo_->setEditable(true);
        combo_->setInsertPolicy(QComboBox::NoInsert);
        combo_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
        combo_->setMinimumContentsLength(8);
        for (const std::string& name : shippedModels(spec))
            combo_->addItem(QString::fromStdString(name));
        for (const ParamChoice& choice : spec.choices) {
            combo_->addItem(QString::fromStdString(choice.value));
            combo_->setItemData(combo_->count() - 1, QString::fromStdString(choice.label),
                                Qt::ToolTipRole);
        }
        combo_->setCurrentIndex(-1);
        line_ = combo_->lineEdit();
        connect(combo_, &QComboBox::activated, this, [this] {
            emit edited();
            emit settled();
        });
        row->addWidget(combo_, 1);
        setFocusProxy(combo_);
    } else {
        line_ = new QLineEdit(this);
        row->addWidget(line_, 1);
        setFocusProxy(line_);
    }
    line_->setPlaceholderText(spec.type != ParamType::model ? "Drop or browse"
                              : spec.choices.empty()        ? "Shipped model, folder or file"
                                                            : "Name, folder or file");
    line_->installEventFilter(this);
    connect(line_, &QLineEdit::textEdited, this, &Field::edited);
    connect(line_, &QLineEdit::editingFinished, this, &Field::settled);

    auto* button = new QToolButton(this);
    button->setIcon(theme::icon("browse"));
    button->setIconSize({20, 20});
    button->setAccessibleName("Browse for " + QString::fromStdString(spec.label));
    button->setToolTip("Browse…");
    connect(button, &QToolButton::clicked, this, &PathField::browse);
    row->addWidget(button);
}

QString PathField::text() const
{
    return line_->text().trimmed();
}

void PathField::setText(const QString& text)
{
    const QSignalBlocker quiet(line_);
    if (combo_ != nullptr)
        combo_->setEditText(text);
    else
        line_->setText(text);
    line_->setCursorPosition(static_cast<int>(text.size())); // the end tells paths apart
    line_->setToolTip(text);
}

QWidget* PathField::input() const
{
    return combo_ != nullptr ? static_cast<QWidget*>(combo_) : line_;
}

bool PathField::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::DragEnter) {
        auto* drag = static_cast<QDragEnterEvent*>(event);
        if (drag->mimeData()->hasUrls()) {
            drag->acceptProposedAction();
            return true;
        }
    }
    if (event->type() == QEvent::Drop) {
        const auto urls = static_cast<QDropEvent*>(event)->mimeData()->urls();
        if (!urls.isEmpty() && urls.first().isLocalFile()) {
            take(urls.first().toLocalFile());
            return true;
        }
    }
    return Field::eventFilter(watched, event);
}

void PathField::browse()
{
    const QString label = QString::fromStdString(spec_.label);
    QFileDialog dialog(this, "Choose " + label.toLower());
    dialog.setFileMode(QFileDialog::ExistingFile);
    if (spec_.type ==
        ParamType::model) // a folder is named by its config.json, a checkpoint file by itself
        dialog.setNameFilters(
            {"Checkpoints (config.json *.safetensors *.bin *.gguf)", "All files (*)"});
    if (spec_.fileKind == "workload")
        dialog.setNameFilters(
            {"Checkpoints and tables (config.json *.safetensors *.bin *.csv)", "All files (*)"});
    if (spec_.fileKind == "bits")
        dialog.setNameFilters({"Tables (*.csv)", "All files (*)"});
    if (spec_.fileKind == "text")
        dialog.setNameFilters({"Texts (*.txt *.md)", "All files (*)"});
    if (dialog.exec() != QDialog::Accepted || dialog.selectedFiles().isEmpty())
        return;
    const QFileInfo chosen(dialog.selectedFiles().first());
    take(chosen.fileName() == "config.json" ? chosen.absolutePath() : chosen.absoluteFilePath());
}

void PathField::take(const QString& path)
{
    setText(path);
    emit edited();
    emit settled();
}

} // namespace vitrine
