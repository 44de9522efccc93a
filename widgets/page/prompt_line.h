#pragma once

#include <QWidget>

class QLineEdit;
class QProgressBar;
class QPushButton;

namespace vitrine
{

// Where a text is typed: Enter shows it, Ctrl + Enter adds it beside what is shown. Below it a thin
// progress line.
class PromptLine : public QWidget
{
    Q_OBJECT
public:
    PromptLine(const QString& placeholder, QWidget* parent);

    QString text() const; // without surrounding spaces
    // The text of what is shown; a person who is typing is not disturbed.
    void setText(const QString& text);
    QString placeholder() const;
    void setProgress(bool visible, const QString& what, double fraction); // fraction < 0: not known

signals:
    void entered(const QString& text, bool beside); // never empty
    void edited(const QString& text);

private:
    void enter(bool beside);

    QLineEdit* edit_;
    QProgressBar* progress_;
};

} // namespace vitrine
