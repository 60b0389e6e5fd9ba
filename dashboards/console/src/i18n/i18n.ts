import { computed, signal } from "@preact/signals"
import { en, type Texts } from "./en.ts"
import { zh } from "./zh.ts"

export const locale = signal(storedLocale())
const texts = computed<Texts>(() => (locale.value === "zh-CN" ? zh : en))

export function t(key: keyof Texts): string {
  return texts.value[key]
}

export function setLocale(next: "en" | "zh-CN"): void {
  locale.value = next
  document.documentElement.lang = next
  localStorage.setItem("egret-locale", next)
}

function storedLocale(): "en" | "zh-CN" {
  const stored = localStorage.getItem("egret-locale")
  const chosen = stored === "en" || stored === "zh-CN" ? stored : navigator.language.startsWith("zh") ? "zh-CN" : "en"
  document.documentElement.lang = chosen
  return chosen
}
