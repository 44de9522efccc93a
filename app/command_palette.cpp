#include "app/command_palette.h"

#include <QKeyEvent>
#include <QLineEdit>
#include <QListWidget>
#include <QVBoxLayout>

namespace vitrine
{
namespace
{

constexpr QSize kSize(440, 320);

// The letters occur in this order: "rlay" finds "Reset layout".
bool matches(const QString& words, const QString& letters)
{
    qsizetype from = 0;
    for (const QChar letter : letters) {
        from = words.indexOf(letter, from, Qt::CaseInsensitive) + 1;
        if (from == 0)
            return false;
    }
    return true;
}

} // namespace

CommandPalette::CommandPalette(QList<QAction*> actions, QWidget* parent)
    : QDialog(parent, Qt::Popup),
      actions_(std::move(actions)),
      line_(new QLineEdit(this)),
      list_(new QListWidget(this))
{
    setAttribute(Qt::WA_DeleteOnClose);
    setFixedSize(kSize);
    line_->setPlaceholderText("Find an action");
    line_->setAccessibleName("Find an action");
    line_->installEventFilter(this);
    list_->setAccessibleName("Actions");
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->setSpacing(8);
    column->addWidget(line_);
    column->addWidget(list_);
    connect(line_, &QLineEdit::textChanged, this, &CommandPalette::filter);
    connect(line_, &QLineEdit::returnPressed, this, &CommandPalette::take);
    connect(list_, &QListWidget::itemClicked, this, &CommandPalette::take);
    filter({});
    move(parent->mapToGlobal(QPoint((parent->width() - width()) / 2, 80)));
    line_->setFocus();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event)
{
    if (event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent*>(event)->key();
        const int step = key == Qt::Key_Down ? 1 : key == Qt::Key_Up ? -1 : 0;
        if (step != 0 && list_->count() > 0) {
            list_->setCurrentRow((list_->currentRow() + step + list_->count()) % list_->count());
            return true;
        }
    }
    return QDialog::eventFilter(watched, event);
}

void CommandPalette::filter(const QString& letters)
{
    list_->clear();
    for (qsizetype i = 0; i < actions_.size(); ++i) {
        QString words = actions_[i]->text().remove('&');
        if (!actions_[i]->isEnabled() || !matches(words, letters))
            continue;
        const QString keys = actions_[i]->shortcut().toString(QKeySequence::NativeText);
        auto* item = new QListWidgetItem(keys.isEmpty() ? words : words + "    " + keys, list_);
        item->setData(Qt::UserRole, i);
    }
    list_->setCurrentRow(0);
}

void CommandPalette::take()
{
    if (list_->currentItem() == nullptr)
        return;
    QAction* action = actions_[list_->currentItem()->data(Qt::UserRole).toLongLong()];
    close();
    action->trigger();
}

} // namespace vitrine
